import sql, { join, type Sql } from 'sql-template-tag';
import { ident, literal, tableIdent } from '../database/identifier.ts';
import type { LocatableTable } from './locatable-tables.ts';

/** Rows that are counted for one column; more are not. */
const MOST_ROWS = 1_000;

/** Columns that hold ids, as opposed to JSON in which one may stand. */
export function typedColumns(table: LocatableTable): LocatableTable['columns'] {
  return table.columns.filter(({ kind, readable }) => readable && kind !== 'json');
}

export function jsonColumns(table: LocatableTable): LocatableTable['columns'] {
  return table.columns.filter(({ kind, readable }) => readable && kind === 'json');
}

/** One row for each column of the tables: schema, table, column, match, rows. No column is cast, so that indexes answer. */
export function equalStatement(tables: readonly LocatableTable[], flowId: string): Sql {
  const parts = tables.flatMap((table) =>
    typedColumns(table).map(({ name, kind }) => {
      const condition = {
        uuid: sql`${ident(name)} = ${flowId}::uuid`,
        uuids: sql`${ident(name)} @> array[${flowId}::uuid]`,
        texts: sql`${ident(name)} @> array[${flowId}::text]`,
        text: sql`${ident(name)} = ${flowId}`,
        json: sql`false`,
      }[kind];
      return sql`select ${literal(table.schema)} as schema, ${literal(table.name)} as table, ${literal(name)} as column,
        ${literal(kind === 'uuids' || kind === 'texts' ? 'element' : 'equal')} as match,
        (select count(*)::int from (select from ${tableIdent(table)} where ${condition} limit ${MOST_ROWS}) found) as rows`;
    }),
  );
  return join(parts, ' union all ');
}

/** One row for a table: how many of its rows were looked at, and for each JSON column how many of those hold the id. */
export function insideStatement(table: LocatableTable, flowId: string, mostRows: number): Sql {
  const names = jsonColumns(table).map(({ name }) => ident(name));
  const counts = names.map((name) => sql`count(*) filter (where position(${flowId}::text in ${name}::text) > 0)::int`);
  return sql`select count(*)::int as "lookedAt", array[${join(counts)}] as rows
    from (select ${join(names)} from ${tableIdent(table)} limit ${mostRows}) looked_at`;
}
