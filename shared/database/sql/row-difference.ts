import sql, { join, type Sql } from 'sql-template-tag';
import { column, literal } from './identifier.ts';
import type { Table } from './table.ts';

/**
 * The columns in which two versions of a row differ, as the text of a JSON array of `{column, before, after}` in the order of
 * the table, the values as the database's own text in full. Columns that were not set are compared as a whole first, byte
 * by byte: only where a trigger changed one of them are they looked at one by one.
 * @param set the columns that the statement set
 */
export function rowDifference(table: Table, set: readonly string[], before: string, after: string): Sql {
  const names = comparedColumns(table);
  const written = names.filter((name) => set.includes(name));
  const others = names.filter((name) => !set.includes(name));
  if (others.length === 0) return ofFew(written, before, after);
  const whole = (alias: string) => sql`row(${join(others.map((name) => column(alias, name)))})::record`;
  return sql`case when ${whole(before)} *= ${whole(after)}
    then ${ofFew(written, before, after)} else ${ofMany(names, before, after)} end`;
}

/** The columns of a table that this role may read. */
export function comparedColumns({ columns }: Table): string[] {
  return columns.filter((one) => one.readable).map((one) => one.name);
}

/** By expressions alone, as every row that is written goes through it. */
function ofFew(names: readonly string[], before: string, after: string): Sql {
  const text = (alias: string, name: string) => sql`${column(alias, name)}::text`;
  const json = (value: Sql) => sql`coalesce(to_json(${value})::text, 'null')`;
  const parts = names.map(
    (name) => sql`case when ${text(before, name)} is distinct from ${text(after, name)} then
      ${literal(`{"column":${JSON.stringify(name)},"before":`)} || ${json(text(before, name))}
      || ',"after":' || ${json(text(after, name))} || '}' end`,
  );
  return sql`'[' || concat_ws(',', ${join(parts)}) || ']'`;
}

function ofMany(names: readonly string[], before: string, after: string): Sql {
  return textDifference(names, columnTexts(names, before), columnTexts(names, after));
}

/** The columns of a row as an array of their texts. */
export function columnTexts(names: readonly string[], alias: string): Sql {
  return sql`array[${join(names.map((name) => sql`${column(alias, name)}::text`))}]::text[]`;
}

/** The same as {@link rowDifference} of two arrays of the texts of these columns. */
export function textDifference(names: readonly string[], before: Sql, after: Sql): Sql {
  return sql`(
    select coalesce(json_agg(json_build_object('column', c.name, 'before', c.before, 'after', c.after) order by c.place), '[]')::text
    from unnest(array[${join(names.map((name) => literal(name)))}]::text[], ${before}, ${after})
      with ordinality as c(name, before, after, place)
    where c.before is distinct from c.after
  )`;
}
