import { hostname, userInfo } from 'node:os';
import sql from 'sql-template-tag';
import { z } from 'zod';
import { parseAnswer } from '../database/parse-answer.ts';
import type { Reader, Transaction, Writer } from '../database/reader.ts';
import { Failure } from '../failure.ts';
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

/** True once the journal's table exists: it is made on first use, after the user agreed. */
export async function journalExists(reader: Reader): Promise<boolean> {
  const [row] = await reader.read(sql`select to_regclass('flowmend.journal') is not null as exists`);
  return z.object({ exists: z.boolean() }).parse(row).exists;
}

/**
 * Makes the journal: the schema `flowmend` with one table. Harmless where it exists.
 * @throws Failure `no-rights` where the role may not create a schema
 */
export function createJournal(writer: Writer): Promise<void> {
  return writer.transaction(async (transaction) => {
    // Two first uses at once would both try to create it; the lock lets one go first.
    await transaction.write(sql`select pg_advisory_xact_lock(hashtext('flowmend.journal'))`);
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
        changes json not null,
        undoes uuid unique references flowmend.journal (id),
        unique (plan_hash, batch)
      )`);
    return { ending: 'commit', value: undefined };
  });
}

/** Writes the journal row in the transaction of the repair: it commits with it or not at all. */
export async function writeReceipt(
  transaction: Transaction,
  plan: Plan,
  changes: readonly RowChange[],
  reason: string | null,
): Promise<Receipt> {
  const rows = await transaction.write(sql`
    insert into flowmend.journal (plan_hash, kind, flows, reason, os_user, host, changes, undoes)
    values (${plan.hash}, ${plan.kind}, ${plan.flows}::uuid[], ${reason}, ${osUser()}, ${hostname()},
      ${JSON.stringify(changes)}::json, ${plan.undoes}::uuid)
    returning id`);
  const [{ id }] = z.tuple([z.object({ id: z.string() })]).parse(rows);
  const receipt = await receiptWhere(transaction, sql`j.id = ${id}::uuid`);
  if (!receipt) throw new Failure('internal', 'The journal did not keep the receipt.');
  return receipt;
}

/** The receipt of a plan that was applied; undefined where it was not. */
export function receiptOfPlan(reader: Reader, plan: Plan): Promise<Receipt | undefined> {
  return receiptWhere(reader, sql`j.plan_hash = ${plan.hash} or j.undoes = ${plan.undoes}::uuid`);
}

/**
 * The receipt with this id.
 * @throws Failure `unknown-receipt`
 */
export async function receiptById(reader: Reader, id: string): Promise<Receipt> {
  const uuid = z.uuid().safeParse(id.trim());
  const known = uuid.success && (await journalExists(reader));
  const receipt = known ? await receiptWhere(reader, sql`j.id = ${uuid.data}::uuid`) : undefined;
  if (receipt) return receipt;
  throw new Failure('unknown-receipt', `No receipt ${id.slice(0, 60)} is in the journal of this database.`, {
    next: 'The receipt is the id that `flowmend apply` printed.',
  });
}

/** The newest receipt of a flow that was not taken back; undefined where there is none. */
export async function latestReceipt(reader: Reader, flowId: string): Promise<Receipt | undefined> {
  if (!(await journalExists(reader))) return undefined;
  return receiptWhere(
    reader,
    sql`j.flows @> array[${flowId}::uuid] and j.kind = 'repair'
      and not exists (select from flowmend.journal u where u.undoes = j.id)`,
  );
}

async function receiptWhere(reader: Reader, condition: ReturnType<typeof sql>): Promise<Receipt | undefined> {
  const [row] = await reader.read(sql`
    select json_build_object(
      'schemaVersion', 1, 'id', j.id, 'planHash', j.plan_hash, 'kind', j.kind, 'appliedAt', j.applied_at,
      'flows', to_json(j.flows), 'reason', j.reason,
      'who', json_build_object('role', j.db_role, 'user', j.os_user, 'host', j.host),
      'changes', j.changes, 'undoes', j.undoes,
      'undoneBy', (select u.id from flowmend.journal u where u.undoes = j.id)
    ) as receipt
    from flowmend.journal j where ${condition} order by j.applied_at desc limit 1`);
  return row === undefined ? undefined : parseAnswer(z.object({ receipt: Receipt }), row, 'The journal').receipt;
}

export function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id without a name.
    return String(process.getuid?.() ?? 'unknown');
  }
}
