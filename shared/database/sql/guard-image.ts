import { createHash } from 'node:crypto';
import sql, { type Sql } from 'sql-template-tag';
import { column } from './identifier.ts';
import { textObject } from './json-column.ts';
import { columnOf, type Table } from './table.ts';

/**
 * What a guard compares: a column's text, and for JSON columns, which may be megabytes, a digest of their text.
 * The same expression is used when a plan is made and when it is applied.
 */
export function guardImage(table: Table, alias: string, names: readonly string[]): Sql {
  return textObject(
    [...new Set(names)].map((name) => [name, guardExpression(isJson(table, name), column(alias, name))] as const),
  );
}

/** True where a column still holds what a guard says, which is given as text in the form of {@link guardImage}. */
export function guardFits(table: Table, alias: string, name: string, guard: Sql): Sql {
  return sql`(${guardExpression(isJson(table, name), column(alias, name))})::text is not distinct from ${guard}`;
}

/** The guard of a value that is at hand as text: equal to what {@link guardImage} gives for a row that holds it. */
export function guardOfText(table: Table, name: string, text: string | null): string | null {
  if (text === null || !isJson(table, name)) return text;
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}

function guardExpression(json: boolean, value: Sql): Sql {
  return json ? sql`'sha256:' || encode(sha256(convert_to((${value})::text, 'UTF8')), 'hex')` : value;
}

function isJson(table: Table, name: string): boolean {
  const { type } = columnOf(table, name);
  return type === 'json' || type === 'jsonb';
}
