import sql, { join, raw, type Sql } from 'sql-template-tag';
import { ident, literal, tableIdent } from '../database/identifier.ts';
import type { LocatableTable } from './locatable-tables.ts';

/** Columns that hold ids, as opposed to JSON in which one may stand. */
export function typedColumns(table: LocatableTable): LocatableTable['columns'] {
  return table.columns.filter(({ type, readable }) => readable && type !== 'json' && type !== 'other');
}

export function jsonColumns(table: LocatableTable): LocatableTable['columns'] {
  return table.columns.filter(({ type, readable }) => readable && type === 'json');
}

/** Columns that can hold an id in a way that is not looked into. */
export function otherColumns(table: LocatableTable): LocatableTable['columns'] {
  return table.columns.filter(({ type, readable }) => readable && type === 'other');
}

/**
 * One row for each column of the tables: schema, table, column, match, rows. No column is cast, so that indexes answer: those
 * of a table together, and its columns that have none share one reading of it.
 */
export function equalStatement(tables: readonly LocatableTable[], flowId: string): Sql {
  const parts = tables.flatMap((table) => {
    const columns = typedColumns(table);
    const groups = [columns.filter(({ indexed }) => indexed), columns.filter(({ indexed }) => !indexed)];
    return groups.filter((group) => group.length > 0).map((group) => holding(table, group, flowId));
  });
  return join(parts, ' union all ');
}

type Column = LocatableTable['columns'][number];

function holding(table: LocatableTable, columns: readonly Column[], flowId: string): Sql {
  const held = columns.map((column) => ({ ...column, condition: isId(column, flowId), as: ident(column.name) }));
  const counts = held.map(({ as }) => sql`count(*) filter (where held.${as})::int`);
  const names = held.map(
    (column, index) => sql`(${literal(column.name)}, ${literal(matchOf(column))}, ${index + 1}::int)`,
  );
  return sql`select ${place(table)}, names.name as column, names.match as match, counted.rows[names.place] as rows
    from (
      select array[${join(counts)}] as rows
      from (
        select ${join(held.map(({ condition, as }) => sql`${condition} as ${as}`))}
        from ${tableIdent(table)} where ${join(
          held.map(({ condition }) => condition),
          ' or ',
        )}
      ) held
    ) counted
    cross join (values ${join(names)}) as names(name, match, place)`;
}

function place({ schema, name }: LocatableTable): Sql {
  return sql`${literal(schema)} as schema, ${literal(name)} as table`;
}

function matchOf({ shape }: Column): 'element' | 'equal' {
  return shape === 'value' ? 'equal' : 'element';
}

/** The id is made what the column holds, and never the column what the id is. */
function isId({ name, type, shape }: Column, flowId: string): Sql {
  const id = sql`${flowId}::${raw(type)}`;
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
