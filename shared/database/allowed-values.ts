import sql, { join, raw, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import type { Column, Table } from './catalog.ts';
import { ident } from './identifier.ts';
import type { Reader } from './reader.ts';

export interface ValueQuestion {
  readonly table: Table;
  readonly column: Column;
  readonly values: readonly string[];
}

/** Value -> what of the schema refuses it, in words; null where the column takes it. */
export type Verdicts = ReadonlyMap<string, string | null>;

const Answer = z.array(z.object({ question: z.number(), value: z.string(), refused_by: z.string().nullable() }));

/**
 * Which of these values each column takes, by its length, its enum labels and its CHECKs. PostgreSQL itself evaluates
 * the CHECKs over a row made of that one column, so no constraint text is ever parsed here. A CHECK over several
 * columns cannot be judged from one; the preview meets it.
 */
export async function judgeValues(reader: Reader, questions: readonly ValueQuestion[]): Promise<Verdicts[]> {
  if (questions.length === 0) return [];
  const answers = Answer.parse(await reader.read(join(questions.map(statementOf), ' union all ')));
  return questions.map(
    (_, index) =>
      new Map(
        answers
          .filter(({ question }) => question === index)
          .map(({ value, refused_by }) => [value, refused_by] as const),
      ),
  );
}

function statementOf({ table, column, values }: ValueQuestion, index: number): Sql {
  const checks = table.checks.filter((check) => check.columns?.length === 1 && check.columns[0] === column.name);
  const refusals = [
    ...(column.length === null
      ? []
      : [sql`when length(value) > ${column.length} then ${`its length of at most ${column.length}`}::text`]),
    ...(column.labels === null ? [] : [sql`when value <> all(${column.labels}::text[]) then 'its enum type'`]),
    // The expression comes from pg_get_expr of this very database; it names the column as the subquery does.
    ...(column.labels === null ? checks : []).map(
      (check) => sql`when not coalesce((${raw(check.expression)}), true) then ${`the CHECK ${check.name}`}::text`,
    ),
  ];
  const refusedBy = refusals.length === 0 ? sql`null::text` : sql`case ${join(refusals, ' ')} end`;
  return sql`
    select ${index}::int as question, word.value, ${refusedBy} as refused_by
    from (select value, value::${raw(column.labels ? 'text' : column.type)} as ${ident(column.name)}
          from unnest(${[...values]}::text[]) as value) as word`;
}
