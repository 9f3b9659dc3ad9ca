import sql, { join, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { parseAnswer } from '../database/parse-answer.ts';
import type { Reader, Writer } from '../database/reader.ts';
import type { Failure } from '../failure.ts';
import type { Plan } from './plan.ts';
import { RowChange } from './row-change.ts';

/** Who applied a plan, from where. */
const Who = z.object({ role: z.string(), user: z.string(), host: z.string() });

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
  changes: z.array(RowChange),
  /** The receipt that this one took back. */
  undoes: z.string().nullable(),
  /** The receipt that took this one back. */
  undoneBy: z.string().nullable(),
});
export type Receipt = z.infer<typeof Receipt>;

const TableState = z.object({ exists: z.boolean(), readable: z.boolean(), creatable: z.boolean() });

/** Whether the journal's table is there, may be read by this role, and, where it is not there, may be made. */
export async function journalTable(reader: Reader): Promise<z.infer<typeof TableState>> {
  const [row] = await reader.read(sql`
    select
      to_regclass('flowmend.journal') is not null as exists,
      coalesce(has_table_privilege(to_regclass('flowmend.journal'), 'SELECT'), false) as readable,
      coalesce(
        has_schema_privilege(to_regnamespace('flowmend'), 'CREATE'),
        has_database_privilege(current_database(), 'CREATE')
      ) as creatable`);
  return parseAnswer(TableState, row, 'The journal');
}

/**
 * Makes the journal: the schema `flowmend` with one table. Harmless where it exists.
 * @throws Failure `no-rights` where the role may not create a schema
 */
export function createJournal(writer: Writer): Promise<void> {
  return writer.transaction(async (transaction) => {
    // Two first uses at once would both try to create it; the lock lets one go first.
    // It is not the wait for a row that lock_timeout bounds: the statement's own limit does.
    await transaction.write(
      sql`select set_config('lock_timeout', '0', true), pg_advisory_xact_lock(hashtext('flowmend.journal'))`,
    );
    await transaction.write(sql`create schema if not exists flowmend`);
    await transaction.write(sql`
      create table if not exists flowmend.journal (
        id uuid primary key default gen_random_uuid(),
        plan_hash text not null,
        batch integer not null default 0,
        kind text not null,
        applied_at timestamptz not null default now(),
        flows uuid[] not null,
        reason text,
        db_role text not null default current_user,
        os_user text not null,
        host text not null,
        -- JSON; as text, since PostgreSQL would check every byte of it while the rows of a batch are held
        changes text not null,
        undoes uuid unique references flowmend.journal (id),
        unique (plan_hash, batch)
      )`);
    // A receipt of many flows is long: where this server has lz4, packing it costs a tenth.
    await transaction.write(sql`
      do $$ begin
        execute 'alter table flowmend.journal alter column changes set compression lz4';
      exception when others then null; end $$`);
    return { ending: 'commit', value: undefined };
  });
}

/** True where a statement failed because the journal's table is not there. */
export function isJournalMissing(thrown: unknown): boolean {
  const { code, message } = ((thrown as Failure | undefined)?.cause ?? {}) as { code?: unknown; message?: unknown };
  return code === '42P01' && /"flowmend\.journal"/.test(String(message));
}

/** The receipt of a plan that was applied; undefined where it was not. */
export function receiptOfPlan(reader: Reader, plan: Plan): Promise<Receipt | undefined> {
  return receiptWhere(reader, sql`j.plan_hash = ${plan.hash} or j.undoes = ${plan.undoes}::uuid`);
}

/** The flows of a plan of many that the journal says are applied. */
export async function flowsOfPlan(reader: Reader, plan: Plan): Promise<ReadonlySet<string>> {
  const rows = await reader.read(
    sql`select flows::text[] as flows from flowmend.journal where plan_hash = ${plan.hash}`,
  );
  const batches = parseAnswer(z.array(z.object({ flows: z.array(z.string()) })), rows, 'The journal');
  return new Set(batches.flatMap((batch) => batch.flows));
}

/** The receipt with this id. */
export function receiptWithId(reader: Reader, id: string): Promise<Receipt | undefined> {
  return receiptWhere(reader, sql`j.id = ${id}::uuid`);
}

/** What the journal is asked for: receipts of one flow or of all, those only that an undo can take back, so many. */
export interface Wanted {
  readonly flowId?: string | undefined;
  readonly undoable?: true;
  readonly limit: number;
}

/** Receipts, the newest first. */
export function receiptsIn(reader: Reader, { flowId, undoable, limit }: Wanted): Promise<Receipt[]> {
  const conditions = [
    ...(flowId === undefined ? [] : [sql`j.flows @> array[${flowId}::uuid]`]),
    ...(undoable ? [sql`j.kind = 'repair' and not exists (select from flowmend.journal u where u.undoes = j.id)`] : []),
  ];
  return receipts(reader, conditions.length === 0 ? sql`true` : join(conditions, ' and '), limit);
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
      'undoneBy', (select u.id from flowmend.journal u where u.undoes = j.id)
    ) as receipt
    from flowmend.journal j where ${condition} order by j.applied_at desc limit ${limit}`);
  return parseAnswer(z.array(z.object({ receipt: Receipt })), rows, 'The journal').map(({ receipt }) => receipt);
}
