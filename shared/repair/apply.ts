import { z } from 'zod';
import { Failure } from '../failure.ts';
import type { WriteSession } from '../session.ts';
import { forgeryIn } from './check-plan.ts';
import { type Consent, objectionTo } from './consent.ts';
import { mayBeTheJournal, Receipt, receiptOfPlan } from './journal.ts';
import { endReceipt, prepareReceipt } from './journal-file.ts';
import { appliedReceipt, besideUndone, IN_THE_TABLE, type JournalPlace, journalPlace } from './journal-place.ts';
import { readyJournal } from './make-journal.ts';
import type { Plan } from './plan.ts';
import { recordedReceipt, recordReceipt } from './record-receipt.ts';
import { RowChange } from './row-change.ts';
import { Drift, runPlan } from './run-plan.ts';
import { settle } from './settle.ts';

/** What came of applying a plan. Only `applied` wrote anything. */
export const ApplyOutcome = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('applied'),
    receipt: Receipt,
    /** The connection broke while committing, and PostgreSQL was asked afterwards: it did commit. */
    foundOut: z.literal(true).optional(),
  }),
  /** The journal holds this plan already. */
  z.object({ kind: z.literal('already applied'), receipt: Receipt }),
  /** The connection broke while committing, and PostgreSQL was asked afterwards: it rolled back. */
  z.object({ kind: z.literal('not committed'), why: z.string() }),
  z.object({ kind: z.literal('stale'), drift: z.array(Drift), why: z.string() }),
  z.object({ kind: z.literal('not verified'), changes: z.array(RowChange), problems: z.array(z.string()) }),
  z.object({ kind: z.literal('refused'), why: z.string() }),
]);
export type ApplyOutcome = z.infer<typeof ApplyOutcome>;

export interface ApplyOptions extends Consent {
  /** The user agreed that the journal may be made where there is none, and an older one brought up to date. */
  readonly createJournal: boolean;
}

/**
 * Applies a plan in one guarded transaction: exactly what was reviewed, or nothing, once. The receipt commits with it, or
 * where the database may not hold the journal, is on this machine's disk before it commits.
 * @throws Failure of the connection, `no-rights`, `lock-timeout`, `read-only`; `outcome-unknown` where the connection
 *   broke while committing and nobody could be asked; `journal-outdated`
 */
export async function apply(session: WriteSession, plan: Plan, options: ApplyOptions): Promise<ApplyOutcome> {
  const refusal = await refusalOf(session, plan, options);
  if (refusal !== undefined) return { kind: 'refused', why: refusal };
  const reason = options.reason?.trim() || null;
  if (Date.parse(plan.expiresAt) < Date.now()) {
    const receipt = await appliedReceipt(session, await journalPlace(session, plan), plan);
    if (receipt) return { kind: 'already applied', receipt };
    return { kind: 'stale', drift: [], why: `the plan was valid until ${plan.expiresAt}` };
  }
  const beside = await besideUndone(session, plan);
  try {
    // The journal is nearly always there, and says itself whether it holds the plan: asking first would be two round trips.
    return await applyOnce(session, plan, beside ?? IN_THE_TABLE, reason);
  } catch (thrown) {
    if (beside || !mayBeTheJournal(thrown)) throw thrown;
    const place = await journalPlace(session, plan);
    if (place.kind === 'table' && place.state === 'current') throw thrown;
    const receipt = await appliedReceipt(session, place, plan);
    if (receipt) return { kind: 'already applied', receipt };
    const ready = await readyJournal(session, place, options);
    if (ready) return applyOnce(session, plan, ready, reason);
    return { kind: 'refused', why: 'the journal does not exist yet and making it was not agreed to' };
  }
}

async function refusalOf(session: WriteSession, plan: Plan, options: ApplyOptions): Promise<string | undefined> {
  const { settings } = session;
  if (plan.steps.every((step) => step.writes.length === 0)) return 'the plan has nothing to write';
  const { label } = settings.database;
  if (plan.database !== label) return `the plan was made for ${plan.database}, and this is ${label}`;
  const forgery = await forgeryIn(plan, session);
  if (forgery !== undefined) return `Flowmend did not make this plan: ${forgery}`;
  return objectionTo(settings, options);
}

async function applyOnce(
  session: WriteSession,
  plan: Plan,
  place: JournalPlace,
  reason: string | null,
): Promise<ApplyOutcome> {
  let written: { receipt: Receipt; transaction: string } | undefined;
  try {
    const record = (flows: readonly string[]) => recordReceipt({ plan, batch: 0, flows, reason });
    const outcome = await session.writer.transaction<ApplyOutcome | undefined>(async (transaction) => {
      const ran = await runPlan(session, transaction, plan, place.kind === 'table' ? record : undefined);
      const { run } = ran;
      if (run.kind === 'stale') return { ending: 'rollback', value: { ...run, why: CHANGED } };
      if (run.kind === 'not verified') return { ending: 'rollback', value: run };
      const receipt =
        place.kind === 'file'
          ? await prepareReceipt(place.path, plan.database, transaction, plan, run.changes, reason)
          : recordedReceipt(ran.recorded, run.changes);
      if (receipt === undefined) return { ending: 'rollback', value: undefined };
      written = { receipt, transaction: transaction.id };
      return { ending: 'commit', value: { kind: 'applied', receipt } };
    });
    if (outcome?.kind === 'applied' && place.kind === 'file') {
      await endReceipt(place.path, outcome.receipt.id, 'committed');
    }
    if (outcome && outcome.kind !== 'stale') return outcome;
    // The plan was applied before, or by another that committed while this one waited for the rows.
    const receipt = await appliedReceipt(session, place, plan);
    return receipt ? { kind: 'already applied', receipt } : (outcome ?? { kind: 'stale', drift: [], why: CHANGED });
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    if (thrown.code === 'lock-timeout') {
      // Whoever holds the rows may be applying this very plan.
      const receipt = await appliedReceipt(session, place, plan).catch(() => undefined);
      if (receipt) return { kind: 'already applied', receipt };
    }
    if (!written || thrown.code !== 'outcome-unknown') throw thrown;
    return findOut(session, plan, place, written, thrown);
  }
}

const CHANGED = 'rows changed since the plan was made';

/**
 * Says which of the two happened after the connection broke while committing. How the transaction ended is asked first,
 * since its commit may still be under way; the journal in the database then is the proof.
 */
async function findOut(
  session: WriteSession,
  plan: Plan,
  place: JournalPlace,
  { receipt, transaction }: { receipt: Receipt; transaction: string },
  broken: Failure,
): Promise<ApplyOutcome> {
  const settled = await settle(session.primary, transaction, session.settings.database.reconnectTimeoutMs);
  if (settled === 'unknown') throw broken;
  if (place.kind === 'file') await endReceipt(place.path, receipt.id, settled);
  const kept =
    place.kind === 'file'
      ? settled === 'committed'
      : await receiptOfPlan(session.primary, plan).catch(() => {
          throw broken;
        });
  if (kept) return { kind: 'applied', receipt, foundOut: true };
  return { kind: 'not committed', why: 'the connection broke before the commit; PostgreSQL rolled everything back' };
}
