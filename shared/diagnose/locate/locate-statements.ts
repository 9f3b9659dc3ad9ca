import sql, { join, raw, type Sql } from 'sql-template-tag';
import { ident, literal, tableIdent } from '../../database/sql/identifier.ts';
import type { LocatableTable } from './locatable-tables.ts';

/** Columns that hold ids, as opposed to JSON in which one may stand. */
export function typedColumns(table: LocatableTable): LocatableTable['columns'] {
  return readableColumns(table).filter(({ type }) => type !== 'json' && type !== 'other');
}

export function jsonColumns(table: LocatableTable): LocatableTable['columns'] {
  return readableColumns(table).filter(({ type }) => type === 'json');
}

/** Columns that can hold an id in a way that is not looked into. */
export function otherColumns(table: LocatableTable): LocatableTable['columns'] {
  return readableColumns(table).filter(({ type }) => type === 'other');
}

/** Columns that this role may read, and that run no code of the install. */
function readableColumns({ columns }: LocatableTable): LocatableTable['columns'] {
  return columns.filter(({ readable, code }) => readable && code === null);
}

type Column = LocatableTable['columns'][number];

/** Columns of one table that are searched together. */
export interface Sought {
  readonly table: LocatableTable;
  readonly columns: readonly Column[];
}

/** Of each table the columns that indexes answer, and those that have none: these share one reading of the table. */
export function soughtIn(tables: readonly LocatableTable[]): Sought[] {
  return tables.flatMap((table) => {
    const columns = typedColumns(table);
    return [columns.filter(({ indexed }) => indexed), columns.filter(({ indexed }) => !indexed)]
      .filter((group) => group.length > 0)
      .map((group) => ({ table, columns: group }));
  });
}

/**
 * One row for each of them, by its place among them: how many rows hold the id in each of its columns. No column is cast, so
 * that indexes answer. It is kept short: for an indexed search PostgreSQL takes longer to plan than to run.
 */
export function equalStatement(sought: readonly Sought[], flowId: string): Sql {
  const parts = sought.map(({ table, columns }, place) => {
    const conditions = columns.map((one) => isId(one, flowId));
    const counts = conditions.map((condition) => sql`count(*) filter (where ${condition})`);
    return sql`select ${raw(String(place))} as place, array[${join(counts)}]::int[] as rows
      from ${tableIdent(table)} where ${join(conditions, ' or ')}`;
  });
  return join(parts, ' union all ');
}

export function matchOf({ shape }: Column): 'element' | 'equal' {
  return shape === 'value' ? 'equal' : 'element';
}

/**
 * The id is made what the column holds, and never the column what the id is. A constant, since it is a uuid by now: each
 * parameter would cost more than the search of its column.
 */
function isId({ name, type, shape }: Column, flowId: string): Sql {
  const id = sql`${literal(flowId)}::${raw(type)}`;
  switch (shape) {
    case 'value':
      return sql`${ident(name)} = ${id}`;
    case 'array':
      return sql`${ident(name)} @> array[${id}]`;
    case 'array of a domain':
      // No array of the id's own type is of this one, and a domain may refuse the id.
      return sql`${id} = any(${ident(name)})`;
  }
}

/**
 * One row for a table: how many of its rows were looked at, whether it has more, and for each JSON column how many of those
 * looked at hold the id.
 */
export function insideStatement(table: LocatableTable, flowId: string, mostRows: number): Sql {
  const columns = jsonColumns(table).map(({ name }, index) => ({ name: ident(name), as: raw(`json_${index}`) }));
  const counts = columns.map(
    ({ as }) => sql`count(*) filter (where place <= ${mostRows} and ${holds(as, flowId)})::int`,
  );
  // One row beyond the bound tells whether there are more.
  return sql`select least(count(*), ${mostRows})::int as "lookedAt", count(*) > ${mostRows} as more, array[${join(counts)}] as rows
    from (
      select row_number() over () as place, ${join(columns.map(({ name, as }) => sql`${name}::text as ${as}`))}
      from ${tableIdent(table)} limit ${mostRows + 1}
    ) looked_at`;
}

/** True for a text in which the id stands, in capitals or without its hyphens too: in JSON nothing makes it the one spelling. */
function holds(text: Sql, flowId: string): Sql {
  const bare = flowId.replaceAll('-', '');
  const spellings = [flowId, flowId.toUpperCase(), bare, bare.toUpperCase()];
  return sql`(${join(
    spellings.map((spelling) => sql`position(${spelling}::text in ${text}) > 0`),
    ' or ',
  )})`;
}
