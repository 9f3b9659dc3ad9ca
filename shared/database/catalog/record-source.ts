import sql, { join, raw, type Sql } from 'sql-template-tag';
import { column, ident, literal, tableIdent } from '../sql/identifier.ts';
import { type JsonType, jsonShape, unpackable } from '../sql/json-column.ts';
import type { Table } from '../sql/table.ts';

/**
 * What statements read a record from: the table itself, or, where this kind of flow or this install lacks some of its
 * columns, the table with those read as NULL. PostgreSQL folds the constants away. A missing table is one without rows.
 */
export function recordSource(table: Table): Sql {
  const absent = table.absent.map(({ name, type }) => sql`null::${raw(type)} as ${ident(name)}`);
  if (!table.exists) return sql`(select ${join(absent)} where false)`;
  const fromJson = table.fromJson.map(
    ({ name, from, key, type }) =>
      sql`coalesce(${has({ type, release: table.release }, column('t', from), key)}, false) as ${ident(name)}`,
  );
  if (absent.length + fromJson.length === 0) return tableIdent(table);
  // By name: `t.*` would ask for the right to read every column of the table.
  const stored = table.columns.map(({ name }) => column('t', name));
  return sql`(select ${join([...stored, ...absent, ...fromJson])} from ${tableIdent(table)} t)`;
}

/** An object that has the key, with anything but null or false. */
function has(type: JsonType, json: Sql, key: string): Sql {
  const value = sql`(${unpackable({ value: json, ...type }).value} -> ${literal(key)})`;
  return sql`case ${jsonShape({ value, ...type })} when 'null' then false when 'boolean' then (${value})::text = 'true' else true end
    and ${value} is not null`;
}
