import sql, { join, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { serverError } from '../../database/driver/database-failure.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Reader } from '../../database/sql/reader.ts';
import { asFailure } from '../../files/as-failure.ts';
import type { Plan } from '../document/plan.ts';
import { RowChange } from '../document/row-change.ts';
import { type JournalTrust, journalFacts, trustIn } from './journal-trust.ts';

/** Who applied a plan, from where. */
const Who = z.object({ role: z.string(), user: z.string(), host: z.string() });

/** The server, by the identifier that its data folder got when it was made, and the database. Null: it could not be asked. */
const Server = z.object({ system: z.string().nullable(), database: z.string().nullable() });

/** The record of one applied plan. `id` is what undo takes. */
export const Receipt = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  planHash: z.string(),
  kind: z.enum(['repair', 'undo']),
  appliedAt: z.string(),
  flows: z.array(z.string()),
  reason: z.string().nullable(),
  who: Who,
  /** Where it was written; absent in journals and files of 0.1.0. */
  server: Server.optional(),
  changes: z.array(RowChange),
  /** The receipt that this one took back. */
  undoes: z.string().nullable(),
  /** The receipt that took this one back, or the last part of it; null while a flow is left that can be taken back. */
  undoneBy: z.string().nullable(),
});
export type Receipt = z.infer<typeof Receipt>;

const JournalShape = z.object({
  /** `outdated`: an older Flowmend made it. It can be read; nothing can be added to it before it is brought up to date. */
  state: z.enum(['missing', 'outdated', 'current']),
  readable: z.boolean(),
  /** A receipt can be taken back in parts: not so in the table of an older Flowmend, which mends all the same. */
  takesParts: z.boolean(),
  /** This role may make it where it is missing, and bring it up to date where it is outdated. */
  makeable: z.boolean(),
});
export type JournalShape = z.infer<typeof JournalShape>;
const JournalTable = JournalShape.extend({ facts: z.unknown() });
export type JournalTable = JournalShape & JournalTrust;

/** What the catalog says of the journal's table: whether it is there, in which shape, and what this role may do with it. */
export async function journalShape(reader: Reader): Promise<JournalShape> {
  const [row] = await reader.read(shapeAnd(sql`null`));
  return parseAnswer(JournalShape, row, 'The journal');
}

/** The same, and whether it can be believed: to be asked before a row of it is read or written. */
export async function journalTable(reader: Reader, catalog: Catalog): Promise<JournalTable> {
  const [row] = await reader.read(shapeAnd(journalFacts(catalog)));
  const { facts, ...shape } = parseAnswer(JournalTable, row, 'The journal');
  return { ...shape, ...trustIn(facts) };
}

function shapeAnd(facts: Sql): Sql {
  return sql`
    select ${facts} as facts,
      case when t.id is null then 'missing' when shape.current then 'current' else 'outdated' end as state,
      coalesce(has_schema_privilege(c.relnamespace, 'USAGE') and has_table_privilege(t.id, 'SELECT'), false) as readable,
      shape."takesParts",
      coalesce(
        pg_has_role(c.relowner, 'USAGE'),
        has_schema_privilege(to_regnamespace('flowmend'), 'CREATE'),
        has_database_privilege(current_database(), 'CREATE')
      ) as makeable
    -- not to_regclass: it fails for a role that may not look into the schema
    from (select max(c.oid) as id from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'flowmend' and c.relname = 'journal') t
    left join pg_class c on c.oid = t.id
    cross join lateral (
      with keys as (select pg_get_constraintdef(oid) as key from pg_constraint where conrelid = t.id)
      select exists(select from pg_attribute where attrelid = t.id and attname = 'batch' and not attisdropped)
        and exists(select from pg_attribute where attrelid = t.id and attname = 'changes' and atttypid = 'text'::regtype)
        and exists(select from keys where keys.key = 'UNIQUE (plan_hash, batch)')
        and not exists(select from keys where keys.key = 'UNIQUE (plan_hash)') as current,
        not exists(select from keys where keys.key = 'UNIQUE (undoes)') as "takesParts"
    ) shape`;
}

/** SQLSTATEs of a statement that names a table or a column that is not there, or that is of another type. */
const ANOTHER_SHAPE = new Set(['42P01', '42703', '42804']);

/** True where a statement may have failed for the journal not being there, or not as it should be: the catalog knows. */
export function mayBeTheJournal(thrown: unknown): boolean {
  return asFailure(thrown).code === 'journal-missing' || ANOTHER_SHAPE.has(serverError(thrown).state);
}

/** The receipt of a plan that was applied, or of another undo of the same flows; undefined where there is none. */
export function receiptOfPlan(reader: Reader, { hash, undoes, flows }: Plan): Promise<Receipt | undefined> {
  const same = sql`j.undoes = ${undoes}::uuid and j.flows @> ${[...flows]}::uuid[]`;
  return receiptWhere(reader, undoes === null ? sql`j.plan_hash = ${hash}` : sql`j.plan_hash = ${hash} or (${same})`);
}

/** The flows of a receipt that were taken back, by one undo or by several. */
export async function flowsTakenBack(reader: Reader, id: string): Promise<readonly string[]> {
  const rows = await reader.read(
    sql`select distinct unnest(flows)::text as "flowId" from flowmend.journal where undoes = ${id}::uuid`,
  );
  return parseAnswer(z.array(z.object({ flowId: z.string() })), rows, 'The journal').map(({ flowId }) => flowId);
}

/**
 * A receipt of a plan (turn 0), one that takes some of its flows back (1), one that takes that back again (2), and so on: of
 * a flow the last turn counts.
 */
const Turn = z.object({ id: z.string(), flows: z.array(z.string()), turn: z.number() });
export type Turn = z.infer<typeof Turn>;

/** What the journal has of the flows of a plan. */
export async function turnsOfPlan(reader: Reader, planHash: string): Promise<readonly Turn[]> {
  const rows = await reader.read(sql`
    with recursive turns as (
      select id, flows, 0 as turn from flowmend.journal where plan_hash = ${planHash}
      union all
      select u.id, u.flows, t.turn + 1 from turns t join flowmend.journal u on u.undoes = t.id
    )
    select id, flows::text[] as flows, turn from turns`);
  return parseAnswer(z.array(Turn), rows, 'The journal');
}

/** The receipt with this id. */
export function receiptWithId(reader: Reader, id: string): Promise<Receipt | undefined> {
  return receiptWhere(reader, sql`j.id = ${id}::uuid`);
}

/** What the journal is asked for: receipts of one flow or of all, those only of a kind that an undo can take back, so many. */
export interface Wanted {
  readonly flowId?: string | undefined;
  readonly undoable?: Receipt['kind'];
  readonly limit: number;
}

/** Receipts, the newest first. */
export function receiptsIn(reader: Reader, { flowId, undoable, limit }: Wanted): Promise<Receipt[]> {
  const conditions = [
    ...(flowId === undefined ? [] : [sql`j.flows @> array[${flowId}::uuid]`]),
    ...(undoable ? [sql`j.kind = ${undoable} and not ${takenBack(flowId)}`] : []),
  ];
  return receipts(reader, conditions.length === 0 ? sql`true` : join(conditions, ' and '), limit);
}

/** True if this flow, or every flow, of receipt `j` was undone. A flow is undone at most once, so comparing counts is enough. */
function takenBack(flowId: string | undefined): Sql {
  return flowId === undefined
    ? sql`(cardinality(j.flows) <=
        (select coalesce(sum(cardinality(p.flows)), 0) from flowmend.journal p where p.undoes = j.id))`
    : sql`exists (select from flowmend.journal p where p.undoes = j.id and p.flows @> array[${flowId}::uuid])`;
}

async function receiptWhere(reader: Reader, condition: Sql): Promise<Receipt | undefined> {
  const [receipt] = await receipts(reader, condition, 1);
  return receipt;
}

async function receipts(reader: Reader, condition: Sql, limit: number): Promise<Receipt[]> {
  const rows = await reader.read(sql`
    select json_build_object(
      'schemaVersion', 1, 'id', j.id, 'planHash', j.plan_hash, 'kind', j.kind, 'appliedAt', j.applied_at,
      'flows', to_json(j.flows), 'reason', j.reason,
      'who', json_build_object('role', j.db_role, 'user', j.os_user, 'host', j.host),
      'changes', j.changes::json, 'undoes', j.undoes,
      -- Columns that an older table lacks: then they are those of "absent".
      'server', (select json_build_object('system', system_identifier, 'database', database)
        from flowmend.journal own where own.id = j.id),
      'undoneBy', (
        select u.id from flowmend.journal u where u.undoes = j.id and ${takenBack(undefined)}
        order by u.applied_at desc limit 1
      )
    ) as receipt
    from flowmend.journal j, (select null::text as system_identifier, null::text as database) absent
    where ${condition} order by j.applied_at desc limit ${limit}`);
  return parseAnswer(z.array(z.object({ receipt: Receipt })), rows, 'The journal').map(({ receipt }) =>
    withoutUnknownServer(receipt),
  );
}

/** An older table does not say it. */
function withoutUnknownServer({ server, ...receipt }: Receipt): Receipt {
  return server?.system == null && server?.database == null ? receipt : { ...receipt, server };
}
