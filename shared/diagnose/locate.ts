import sql, { join, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { ident, literal, tableIdent } from '../database/identifier.ts';
import { parseAnswer } from '../database/parse-answer.ts';
import { asFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { type LocatableTable, locatableTables } from './locatable-tables.ts';
import { resolveFlowId } from './resolve-flow-id.ts';

export const Location = z.object({
  schema: z.string(),
  table: z.string(),
  column: z.string(),
  /** Rows that hold the id, counted up to `MOST_ROWS`. */
  rows: z.number(),
  /** `equal`: the column is the id. `inside`: the id is somewhere in its JSON. */
  match: z.enum(['equal', 'inside']),
});
export type Location = z.infer<typeof Location>;

export const Locations = z.object({
  schemaVersion: z.literal(1),
  database: z.string(),
  flowId: z.string(),
  tables: z.number(),
  columns: z.number(),
  locations: z.array(Location),
  /** Tables that were not looked into, and why. */
  unread: z.array(z.object({ table: z.string(), why: z.string() })),
  /** True where JSON columns were looked into too. */
  json: z.boolean(),
});
export type Locations = z.infer<typeof Locations>;

export interface LocateOptions {
  /** Look inside JSON columns too: no index helps there, so at most `MOST_JSON_ROWS` rows of each table are read. */
  readonly json?: boolean;
  /** Called after each table that was looked into. */
  readonly onProgress?: (done: number, all: number) => void;
}

const MOST_ROWS = 1_000;
const MOST_JSON_ROWS = 100_000;

/**
 * Finds every table and column of the database that holds a flow's id. uuid columns are compared as uuid and text
 * columns as text, never cast, so that the indexes there are answer; one statement for all of them.
 * @throws Failure of naming the flow, or of the connection
 */
export async function locate(session: Session, typed: string, options: LocateOptions = {}): Promise<Locations> {
  const { reader, settings } = session;
  const flowId = await resolveFlowId(session, typed);
  const tables = await locatableTables(reader);
  const readable = tables.filter((table) => table.readable);
  const unread = tables
    .filter((table) => !table.readable)
    .map(({ schema, name }) => ({ table: `${schema}.${name}`, why: 'the database role may not read it' }));
  const typedParts = readable.flatMap((table) => equalParts(table, flowId));
  const locations =
    typedParts.length === 0
      ? []
      : parseAnswer(z.array(Location), await reader.read(join(typedParts, ' union all ')), 'The search');
  if (options.json) {
    const withJson = readable.filter((table) => table.columns.some((column) => column.kind === 'json'));
    for (const [index, table] of withJson.entries()) {
      // A table at a time: one that is too large ends by the statement's timeout and does not end the search.
      const rows = await reader.read(join(insideParts(table, flowId), ' union all ')).catch((thrown: unknown) => {
        unread.push({ table: `${table.schema}.${table.name} (JSON)`, why: asFailure(thrown).message });
        return [];
      });
      locations.push(...parseAnswer(z.array(Location), rows, 'The search'));
      options.onProgress?.(index + 1, withJson.length);
    }
  }
  return {
    schemaVersion: 1,
    database: settings.database.label,
    flowId,
    tables: readable.length,
    columns: typedParts.length,
    locations: locations.filter((location) => location.rows > 0),
    unread,
    json: options.json ?? false,
  };
}

function equalParts(table: LocatableTable, flowId: string): Sql[] {
  return table.columns
    .filter((column) => column.kind !== 'json')
    .map((column) => {
      const condition =
        column.kind === 'uuid' ? sql`${ident(column.name)} = ${flowId}::uuid` : sql`${ident(column.name)} = ${flowId}`;
      return counted(
        table,
        column.name,
        'equal',
        sql`select from ${tableIdent(table)} where ${condition} limit ${MOST_ROWS}`,
      );
    });
}

function insideParts(table: LocatableTable, flowId: string): Sql[] {
  return table.columns
    .filter((column) => column.kind === 'json')
    .map(({ name }) =>
      counted(
        table,
        name,
        'inside',
        sql`select from (select ${ident(name)} as value from ${tableIdent(table)} limit ${MOST_JSON_ROWS}) looked_at
          where position(${flowId}::text in value::text) > 0 limit ${MOST_ROWS}`,
      ),
    );
}

function counted({ schema, name }: LocatableTable, column: string, match: Location['match'], rows: Sql): Sql {
  return sql`select ${literal(schema)} as schema, ${literal(name)} as table, ${literal(column)} as column,
    ${literal(match)} as match, (select count(*)::int from (${rows}) found) as rows`;
}
