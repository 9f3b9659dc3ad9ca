import sql, { join, raw } from 'sql-template-tag';
import { z } from 'zod';
import type { Column, Table } from './catalog.ts';
import { ident } from './identifier.ts';
import type { Reader } from './reader.ts';

export interface ValueQuestion {
  readonly table: Table;
  readonly column: Column;
  readonly values: readonly string[];
}

const Answer = z.array(z.object({ question: z.number(), value: z.string() }));

/**
 * Which of these words each column takes, by its length, its enum labels and its CHECKs. PostgreSQL itself evaluates
 * the CHECKs over a row made of that one column, so no constraint text is ever parsed here. A CHECK over several
 * columns cannot be judged from one; the preview meets it.
 */
export async function allowedValues(reader: Reader, questions: readonly ValueQuestion[]): Promise<Set<string>[]> {
  const parts = questions.map(({ table, column, values }, index) => {
    const checks = table.checks.filter((check) => check.columns?.length === 1 && check.columns[0] === column.name);
    // The expression comes from pg_get_expr of this very database; it names the column as the subquery does.
    const conditions = checks.map((check) => raw(`coalesce((${check.expression}), true)`));
    const length = column.length === null ? sql`true` : sql`length(value) <= ${column.length}`;
    const labels = column.labels === null ? sql`true` : sql`value = any(${column.labels}::text[])`;
    return sql`
      select ${index}::int as question, word.value
      from (select value, value::${raw(column.labels ? 'text' : column.type)} as ${ident(column.name)}
            from unnest(${[...values]}::text[]) as value) as word
      where ${join([length, labels, ...(column.labels ? [] : conditions)], ' and ')}`;
  });
  const answers = Answer.parse(await reader.read(join(parts, ' union all ')));
  return questions.map(
    (_, index) => new Set(answers.filter((answer) => answer.question === index).map((answer) => answer.value)),
  );
}
