import sql, { join, raw, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { column as columnBehind, ident, tableIdent } from '../sql/identifier.ts';
import type { Reader } from '../sql/reader.ts';
import type { Column, Table } from '../sql/table.ts';

export interface ValueQuestion {
  readonly table: Table;
  readonly column: Column;
  readonly values: readonly string[];
}

/** Value -> what of the schema refuses it, in words; null where the column takes it. */
export type Verdicts = ReadonlyMap<string, string | null>;

const Answer = z.array(z.object({ question: z.number(), value: z.string(), refused_by: z.string().nullable() }));

/**
 * Which of these values each column takes, by its length, its enum labels, its CHECKs and those of its domains, and its
 * foreign keys. PostgreSQL itself evaluates the CHECKs over a row made of that one column, so no constraint text is ever
 * parsed here: those in which all is built in and immutable, as reading runs no code of an install. Any other, and a CHECK or
 * a key over several columns, the preview meets.
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
  const checks = checksOf(table, column.name).filter(({ unjudged }) => unjudged === null);
  const keys = table.foreign_keys.filter((key) => key.column === column.name && key.targetReadable);
  const refusals = [
    ...(column.length === null
      ? []
      : [sql`when length(value) > ${column.length} then ${`its length of at most ${column.length}`}::text`]),
    ...(column.labels === null ? [] : [sql`when value <> all(${column.labels}::text[]) then 'its enum type'`]),
    ...checks.map((check) => sql`when not coalesce((${demandOf(check, column)}), true) then ${wordsFor(check)}::text`),
    ...keys.map(
      (key) => sql`when not exists (
          select from ${tableIdent({ schema: key.targetSchema, name: key.targetTable })} target
          where ${columnBehind('target', key.targetColumn)}::text = value
        ) then ${`the foreign key ${key.name}`}::text`,
    ),
  ];
  const refusedBy = refusals.length === 0 ? sql`null::text` : sql`case ${join(refusals, ' ')} end`;
  // What is no label cannot be made one: it is refused before anything looks at it.
  const held =
    column.labels === null ? sql`value` : sql`case when value = any(${column.labels}::text[]) then value end`;
  // Only a CHECK looks at it, and to make a value of an extension's type runs code.
  const typed = checks.length === 0 ? sql`value` : sql`(${held})::${raw(column.type)}`;
  return sql`
    select ${index}::int as question, word.value, ${refusedBy} as refused_by
    from (select value, ${typed} as ${ident(column.name)}
          from unnest(${[...values]}::text[]) as value) as word`;
}

type Check = Table['checks'][number];

/** The CHECKs of one column alone. */
export function checksOf({ checks }: Table, column: string): Check[] {
  return checks.filter(({ columns }) => columns?.length === 1 && columns[0] === column);
}

/** The expression comes from pg_get_expr of this very database; it names the column, or VALUE, as the subquery does. */
function demandOf({ expression, ofDomain }: Check, { name }: Column): Sql {
  return ofDomain
    ? sql`select ${raw(expression)} from (select ${columnBehind('word', name)} as value) domain`
    : raw(expression);
}

function wordsFor({ name, ofDomain }: Check): string {
  return ofDomain ? `the CHECK ${name} of its domain` : `the CHECK ${name}`;
}
