import { z } from 'zod';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Table } from '../../database/sql/table.ts';
import type { FailureCode } from '../../failure.ts';
import { asFailure } from '../../files/as-failure.ts';
import { notJudged } from '../../rules/judge/not-judged.ts';
import type { Session } from '../../session.ts';
import { configurationNotices } from '../../settings/configuration-notices.ts';
import { resolveFlowId } from '../find/resolve-flow-id.ts';
import { type LocatableTable, locatableTables } from './locatable-tables.ts';
import { equalStatement, insideStatement, jsonColumns, matchOf, soughtIn, typedColumns } from './locate-statements.ts';
import { notLookedInto, runningCode } from './locate-unread.ts';

const Location = z.object({
  schema: z.string(),
  table: z.string(),
  column: z.string(),
  /** Rows that hold the id. */
  rows: z.number(),
  /** `equal`: the column is the id. `element`: one element of its array is. `inside`: the id is somewhere in its JSON. */
  match: z.enum(['equal', 'element', 'inside']),
});
type Location = z.infer<typeof Location>;

export const Locations = z.object({
  schemaVersion: z.literal(1),
  /** Why nothing is judged on this install; absent where it is. */
  notJudged: z.string().optional(),
  database: z.string(),
  flowId: z.string(),
  tables: z.number(),
  columns: z.number(),
  locations: z.array(Location),
  /** Tables, or columns of them in parentheses, that were not looked into, and why. */
  unread: z.array(z.object({ table: z.string(), why: z.string() })),
  /** Tables of whose JSON only the first rows were looked at; the estimate of all is null where the server has none. */
  cutShort: z.array(z.object({ table: z.string(), lookedAt: z.number(), estimate: z.number().nullable() })),
  /** What else could not be seen, in words. */
  notices: z.array(z.string()),
  /** True where JSON columns were looked into too. */
  json: z.boolean(),
});
export type Locations = z.infer<typeof Locations>;

export interface LocateOptions {
  /** Look inside JSON columns too: no index helps there, so only so many rows of each table are read. */
  readonly json?: boolean;
  /** Most rows of each table whose JSON is looked into; default 100 000. */
  readonly mostJsonRows?: number;
  /** Called before the first and after each table whose JSON is looked into. */
  readonly onProgress?: (done: number, all: number) => void;
}

const MAX_JSON_ROWS = 100_000;

/** What ends the search as a whole; anything else is about one table. */
const ENDS_ALL: readonly FailureCode[] = [
  'no-connection',
  'server-full',
  'wrong-password',
  'no-such-database',
  'cancelled',
];

/**
 * Finds every table and column of the database that holds a flow's id. uuid columns are compared as uuid and text
 * columns as text, never cast, so that the indexes there are answer; one statement for all tables of this server.
 * @throws Failure of naming the flow, or of the connection
 */
export async function locate(session: Session, typed: string, options: LocateOptions = {}): Promise<Locations> {
  const flowId = await resolveFlowId(session, typed);
  const all = await locatableTables(session.reader);
  const shown = all.filter((table) => table.kind !== 'view' || flowTable(session, table));
  const runs = (table: LocatableTable) => table.code ?? flowTable(session, table)?.code ?? null;
  const tables = shown.filter((table) => runs(table) === null);
  const unread = [...shown.flatMap((table) => runningCode(table, runs(table))), ...tables.flatMap(notLookedInto)];
  const readable = tables.filter((table) => typedColumns(table).length + jsonColumns(table).length > 0);
  const found = await equalTo(session, readable, flowId, unread);
  const inside = options.json ? await insideJson(session, readable, flowId, unread, options) : { found: [], cut: [] };
  return {
    schemaVersion: 1,
    ...notJudged(session),
    database: session.settings.database.readLabel,
    flowId,
    tables: readable.length,
    columns: readable.reduce((sum, table) => sum + typedColumns(table).length, 0),
    locations: [...found, ...inside.found].filter((location) => location.rows > 0),
    unread,
    cutShort: inside.cut,
    notices: [...configurationNotices(session.settings.configuration), ...noticesOf(tables, all.length - shown.length)],
    json: options.json ?? false,
  };
}

/** Views show rows of tables, which are looked into; where the install shows the flows only so, they are all there is. */
function flowTable({ catalog }: Session, { schema, name }: LocatableTable): Table | undefined {
  const { child, master, import: dataImport, rawRecords, mappingRows } = catalog;
  return [child, master, dataImport, rawRecords, mappingRows].find(
    (one) => one.exists && one.schema === schema && one.name === name,
  );
}

/** The tables of this server in one statement. A table on another server may be away, and must not end the search. */
async function equalTo(
  { reader }: Session,
  readable: readonly LocatableTable[],
  flowId: string,
  unread: Locations['unread'],
): Promise<Location[]> {
  const tables = readable.filter((table) => typedColumns(table).length > 0);
  const search = async (some: readonly LocatableTable[]): Promise<Location[]> => {
    const sought = soughtIn(some);
    const answer = parseAnswer(Counted, await reader.read(equalStatement(sought, flowId)), 'The search');
    const counted = new Map(answer.map(({ place, rows }) => [place, rows]));
    return sought.flatMap(({ table: { schema, name }, columns }, place) =>
      columns.map((column, at) => {
        const rows = counted.get(place)?.[at] ?? 0;
        return { schema, table: name, column: column.name, rows, match: matchOf(column) };
      }),
    );
  };
  const searchEach = async (some: readonly LocatableTable[]) => {
    const found: Location[] = [];
    for (const table of some) found.push(...((await orUnread(search([table]), table, '', unread)) ?? []));
    return found;
  };
  const here = tables.filter((table) => table.kind !== 'foreign table');
  const away = tables.filter((table) => table.kind === 'foreign table');
  // One table that cannot be read, or is too large for the time limit, does not hide the others.
  const found =
    here.length === 0
      ? []
      : await search(here).catch((thrown) => {
          throwIfAllEnds(thrown);
          return searchEach(here);
        });
  return [...found, ...(await searchEach(away))];
}

const Counted = z.array(z.object({ place: z.number(), rows: z.array(z.number()) }));

const Looked = z.tuple([z.object({ lookedAt: z.number(), more: z.boolean(), rows: z.array(z.number()) })]);

async function insideJson(
  { reader }: Session,
  readable: readonly LocatableTable[],
  flowId: string,
  unread: Locations['unread'],
  { mostJsonRows = MAX_JSON_ROWS, onProgress }: LocateOptions,
): Promise<{ found: Location[]; cut: Locations['cutShort'] }> {
  const tables = readable.filter((table) => jsonColumns(table).length > 0);
  const found: Location[] = [];
  const cut: Locations['cutShort'] = [];
  onProgress?.(0, tables.length);
  for (const [index, table] of tables.entries()) {
    const { schema, name, estimate } = table;
    const rows = await orUnread(reader.read(insideStatement(table, flowId, mostJsonRows)), table, ' (JSON)', unread);
    if (rows) {
      const [looked] = parseAnswer(Looked, rows, 'The search');
      if (looked.more) {
        cut.push({ table: `${schema}.${name}`, lookedAt: looked.lookedAt, estimate });
      }
      jsonColumns(table).forEach((column, at) => {
        found.push({ schema, table: name, column: column.name, rows: looked.rows[at] ?? 0, match: 'inside' });
      });
    }
    onProgress?.(index + 1, tables.length);
  }
  return { found, cut };
}

/** What was read of one table; undefined where it cannot be, which is noted. */
async function orUnread<T>(
  reading: Promise<T>,
  { schema, name }: LocatableTable,
  part: string,
  unread: Locations['unread'],
): Promise<T | undefined> {
  try {
    return await reading;
  } catch (thrown) {
    throwIfAllEnds(thrown);
    unread.push({ table: `${schema}.${name}${part}`, why: asFailure(thrown).message });
    return undefined;
  }
}

function throwIfAllEnds(thrown: unknown): void {
  if (ENDS_ALL.includes(asFailure(thrown).code)) throw thrown;
}

function noticesOf(tables: readonly LocatableTable[], views: number): string[] {
  const guarded = tables.filter((table) => table.rowSecurity).map(({ schema, name }) => `${schema}.${name}`);
  return [
    ...(guarded.length > 0
      ? [`row level security is on for ${guarded.join(', ')}: rows hidden from this role were not looked at`]
      : []),
    ...(views > 0
      ? [`${views} ${views === 1 ? 'view was' : 'views were'} not looked into: they show rows of tables`]
      : []),
  ];
}
