import { z } from 'zod';
import { Failure } from '../../failure.ts';
import { refuseUnjudged } from '../../rules/judge/not-judged.ts';
import type { WriteSession } from '../../session.ts';
import { forgeryIn, otherDatabase } from '../check/check-plan.ts';
import { type Consent, objectionTo } from '../document/consent.ts';
import type { Plan } from '../document/plan.ts';
import { RowChange } from '../document/row-change.ts';
import { commitReceipt } from '../journal/commit-receipt.ts';
import { mayBeTheJournal, Receipt } from '../journal/journal.ts';
import { prepareReceipt } from '../journal/journal-file.ts';
import {
  appliedFlows,
  appliedReceipt,
  besideUndone,
  IN_THE_TABLE,
  type JournalPlace,
  journalPlace,
  receiptById,
} from '../journal/journal-place.ts';
import { readyJournal } from '../journal/make-journal.ts';
import { serverObjection } from '../journal/receipt-origin.ts';
import { refuseBeyondWriter } from '../journal/receipt-problem.ts';
import { Drift } from '../run/drift.ts';
import { contradicted, flowsAsBefore } from '../run/flows-as-before.ts';
import { columnsLeftOut, NotRestored } from '../run/not-restored.ts';
import { recordedReceipt, recordReceipt } from '../run/record-receipt.ts';
import { refusedWrite } from '../run/refused-write.ts';
import { type Keeping, type Run, runPlan } from '../run/run-plan.ts';
import { writing } from '../run/saying-what-was-written.ts';

/** What came of applying a plan. Only `applied` and `restored in part` wrote anything. */
export const ApplyOutcome = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('applied'),
    receipt: Receipt,
    /** The connection broke while committing, and PostgreSQL was asked afterwards: it did commit. */
    foundOut: z.literal(true).optional(),
    /** Findings that came or went since the plan was made and decide no write. Absent: none. */
    notes: z.array(z.string()).optional(),
  }),
  /**
   * An undo that was written, but for columns that something of the install sets on every write. It counts as taken back.
   */
  z.object({
    kind: z.literal('restored in part'),
    receipt: Receipt,
    notRestored: z.array(NotRestored),
    foundOut: z.literal(true).optional(),
  }),
  /** The journal holds this plan already. */
  z.object({ kind: z.literal('already applied'), receipt: Receipt }),
  /** It holds this plan, and that it was taken back since: a plan is used once. */
  z.object({ kind: z.literal('taken back'), receipt: Receipt }),
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
export function apply(session: WriteSession, plan: Plan, options: ApplyOptions): Promise<ApplyOutcome> {
  return writing(() => applied(session, plan, options));
}

async function applied(session: WriteSession, plan: Plan, options: ApplyOptions): Promise<ApplyOutcome> {
  refuseUnjudged(session, plan.kind);
  const refusal = await refusalOf(session, plan, options);
  if (refusal !== undefined) return { kind: 'refused', why: refusal };
  const reason = options.reason?.trim() || null;
  if (Date.parse(plan.expiresAt) < Date.now()) {
    const before = await appliedBefore(session, await journalPlace(session, plan), plan);
    return before ?? { kind: 'stale', drift: [], why: `the plan was valid until ${plan.expiresAt}` };
  }
  const beside = await besideUndone(session, plan);
  if (beside) return applyOnce(session, plan, beside, reason);
  if (plan.undoes !== null) return applyReadied(session, plan, await journalPlace(session, plan), options);
  try {
    // The journal is nearly always there, and says itself whether it holds the plan: asking first would be two round trips.
    return await applyOnce(session, plan, IN_THE_TABLE, reason);
  } catch (thrown) {
    if (!mayBeTheJournal(thrown)) throw thrown;
    const place = await journalPlace(session, plan);
    // Another may have made it meanwhile; if it was something else, that is met again.
    if (place.kind === 'table' && place.state === 'current') return applyOnce(session, plan, place, reason);
    return applyReadied(session, plan, place, options);
  }
}

/** Applies a plan after its journal was made ready, where the person agreed to that. */
async function applyReadied(
  session: WriteSession,
  plan: Plan,
  place: JournalPlace,
  options: ApplyOptions,
): Promise<ApplyOutcome> {
  const before = await appliedBefore(session, place, plan);
  if (before) return before;
  const ready = await readyJournal(session, place, options);
  if (ready) return applyOnce(session, plan, ready, options.reason?.trim() || null);
  return { kind: 'refused', why: 'the journal does not exist yet and making it was not agreed to' };
}

/** The receipt that the journal has of the plan already, and whether it still holds; undefined where there is none. */
async function appliedBefore(
  session: WriteSession,
  place: JournalPlace,
  plan: Plan,
): Promise<ApplyOutcome | undefined> {
  const receipt = await appliedReceipt(session, place, plan);
  if (!receipt) return undefined;
  if (receipt.undoneBy !== null) {
    const { takenBack } = await appliedFlows(session, place, receipt.planHash);
    if (takenBack.size > 0) return { kind: 'taken back', receipt };
  }
  const before = await flowsAsBefore(session, plan.steps, new Set(plan.flows));
  if (before.size > 0) return { kind: 'stale', drift: [], why: contradicted(receipt.id) };
  return { kind: 'already applied', receipt };
}

async function refusalOf(session: WriteSession, plan: Plan, options: ApplyOptions): Promise<string | undefined> {
  const { settings } = session;
  if (plan.steps.every((step) => step.writes.length === 0)) return 'the plan has nothing to write';
  const elsewhere = otherDatabase(plan, session);
  if (elsewhere !== undefined) return elsewhere;
  const forgery = await forgeryIn(plan, session);
  if (forgery !== undefined) return `Flowmend did not make this plan: ${forgery}`;
  const objection = objectionTo(settings, options);
  if (objection !== undefined || plan.undoes === null) return objection;
  return serverObjection(session, await receiptById(session, plan.undoes), options);
}

/** Columns of the receipt that an undo leaves as they are. */
async function leftOutOf(session: WriteSession, plan: Plan): Promise<NotRestored[]> {
  return plan.undoes === null ? [] : columnsLeftOut(session, await receiptById(session, plan.undoes), plan);
}

async function applyOnce(
  session: WriteSession,
  plan: Plan,
  place: JournalPlace,
  reason: string | null,
): Promise<ApplyOutcome> {
  const leftOut = await leftOutOf(session, plan);
  try {
    const record: Keeping['record'] = (flows, journal) => recordReceipt({ plan, batch: 0, flows, reason }, journal);
    const {
      value: outcome,
      end,
      unmarked,
    } = await commitReceipt<ApplyOutcome | undefined>(session, place, async (transaction) => {
      if (place.kind === 'table') await refuseBeyondWriter(session, transaction, plan);
      const ran = await runPlan(session, transaction, plan, place.kind === 'table' ? record : undefined);
      const { run } = ran;
      if (run.kind === 'stale') return { receipt: null, value: { ...run, why: CHANGED } };
      if (run.kind === 'not verified') return { receipt: null, value: run };
      const receipt =
        place.kind === 'file'
          ? await prepareReceipt(place.path, plan.database, transaction, plan, run.changes, reason)
          : recordedReceipt(ran.recorded, run.changes);
      if (receipt === undefined) return { receipt: null, value: undefined };
      return { receipt: receipt.id, value: writtenAs(receipt, run, leftOut) };
    });
    if (unmarked) throw unmarked;
    if (end === 'found aborted') return { kind: 'not committed', why: ROLLED_BACK };
    const wrote = outcome?.kind === 'applied' || outcome?.kind === 'restored in part';
    if (wrote && end === 'found committed') return { ...outcome, foundOut: true };
    if (outcome && outcome.kind !== 'stale') return outcome;
    // The plan was applied before, or by another that committed while this one waited for the rows.
    return (await appliedBefore(session, place, plan)) ?? outcome ?? { kind: 'stale', drift: [], why: CHANGED };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    if (thrown.code === 'plan-forged') return { kind: 'refused', why: thrown.message };
    // What was put off until the commit is refused there: a deferred constraint, a deferred trigger.
    const refusal = refusedWrite(session.catalog, thrown);
    if (refusal !== undefined) return { kind: 'not verified', changes: [], problems: [refusal] };
    if (thrown.code !== 'lock-timeout') throw thrown;
    // Whoever holds the rows may be applying this very plan.
    const before = await appliedBefore(session, place, plan).catch(() => undefined);
    if (before) return before;
    throw thrown;
  }
}

function writtenAs(
  receipt: Receipt,
  { notRestored = [], notes }: Extract<Run, { kind: 'ran' }>,
  leftOut: readonly NotRestored[],
): ApplyOutcome {
  const all = [...new Map([...leftOut, ...notRestored].map((one) => [`${one.key} ${one.column}`, one])).values()];
  if (all.length > 0) return { kind: 'restored in part', receipt, notRestored: all };
  return { kind: 'applied', receipt, ...(notes ? { notes } : {}) };
}

const CHANGED = 'rows changed since the plan was made';
const ROLLED_BACK = 'the connection broke before the commit; PostgreSQL rolled everything back';
