import type { LocatableTable } from './locatable-tables.ts';
import { otherColumns } from './locate-statements.ts';

/** A table, or columns of it in parentheses, that was not looked into, and why. */
interface Unread {
  readonly table: string;
  readonly why: string;
}

/** The table as one that is left out for the code that reading it would run; nothing where there is none. */
export function runningCode(table: LocatableTable, code: string | null): Unread[] {
  return code === null ? [] : [unread(table, [], `reading it would run ${code}`)];
}

/** Columns of a table that are not looked into. */
export function notLookedInto(table: LocatableTable): Unread[] {
  return [...notReadable(table), ...computed(table), ...notCompared(table)];
}

function notReadable(table: LocatableTable): Unread[] {
  const denied = table.columns.filter((column) => !column.readable).map((column) => column.name);
  if (denied.length === 0) return [];
  const which = denied.length === table.columns.length ? [] : denied;
  return [unread(table, which, 'the database role may not read it')];
}

function computed(table: LocatableTable): Unread[] {
  return table.columns.flatMap(({ name, readable, code }) =>
    readable && code !== null ? [unread(table, [name], `reading it would run ${code}`)] : [],
  );
}

function notCompared(table: LocatableTable): Unread[] {
  const others = otherColumns(table);
  if (others.length === 0) return [];
  const types = [...new Set(others.map(({ spelled }) => spelled))].join(', ');
  return [
    unread(
      table,
      others.map(({ name }) => name),
      `nothing of type ${types} is compared with an id`,
    ),
  ];
}

function unread({ schema, name }: LocatableTable, columns: readonly string[], why: string): Unread {
  return { table: `${schema}.${name}${columns.length === 0 ? '' : ` (${columns.join(', ')})`}`, why };
}
