import { refuseUnjudged } from '../../rules/judge/not-judged.ts';
import type { WriteSession } from '../../session.ts';
import { forgeryIn, otherDatabase } from '../check/check-plan.ts';
import { type Consent, objectionTo } from '../document/consent.ts';
import { takenBackBy } from '../document/failed-flow.ts';
import type { Plan } from '../document/plan.ts';
import { partsOf } from '../document/plan-part.ts';
import { appliedFlows, journalPlace, receiptById } from '../journal/journal-place.ts';
import { readyJournal } from '../journal/make-journal.ts';
import { serverObjection } from '../journal/receipt-origin.ts';
import { contradicted, flowsAsBefore } from '../run/flows-as-before.ts';
import { writing } from '../run/saying-what-was-written.ts';
import type { Applying } from './apply-batch.ts';
import { BatchRun, type BatchRunOptions } from './batch-run.ts';
import { type ManyOutcome, outcomeOf } from './many-outcome.ts';

export interface ApplyManyOptions extends Consent, BatchRunOptions {
  /** The user agreed that the journal may be made where there is none, and an older one brought up to date. */
  readonly createJournal: boolean;
  /** Called before the journal is made ready, and once more before the first batch: what it throws ends the run then. */
  readonly beforehand?: () => Promise<void>;
}

/**
 * Applies a plan of many flows, batch by batch, each in a transaction of its own with its own receipt. Exactly the flows of
 * the plan are touched. The journal says which are done: applied again, after whatever ended it, the plan goes on where it
 * stopped.
 * @throws Failure of the connection and the like, before the first batch; later it is the outcome, with what was done
 */
export function applyMany(session: WriteSession, plan: Plan, options: ApplyManyOptions): Promise<ManyOutcome> {
  return writing(() => applyFlows(session, plan, options));
}

/** The same as a part of a longer run: a failure before the first batch does not say that nothing was written. */
export async function applyFlows(session: WriteSession, plan: Plan, options: ApplyManyOptions): Promise<ManyOutcome> {
  refuseUnjudged(session, plan.kind);
  const { flows: all, part } = partsOf(plan);
  const refuse = (why: string): ManyOutcome => ({ ...outcomeOf(plan, all.length, 0), kind: 'refused', why });
  const elsewhere = otherDatabase(plan, session);
  if (elsewhere !== undefined) return refuse(elsewhere);
  const forgery = await forgeryIn(plan, session);
  if (forgery !== undefined) return refuse(`Flowmend did not make this plan: ${forgery}`);
  if (all.length === 0) return refuse('the plan has nothing to write');
  const objection =
    objectionTo(session.settings, options) ??
    (plan.undoes === null ? undefined : serverObjection(session, await receiptById(session, plan.undoes), options));
  if (objection !== undefined) return refuse(objection);
  await options.beforehand?.();
  const place = await readyJournal(session, await journalPlace(session, plan), options);
  if (place === undefined) return refuse('the journal does not exist yet and making it was not agreed to');
  const { standing, takenBack, receipts: earlier } = await appliedFlows(session, place, plan.hash);
  const asBefore = await flowsAsBefore(session, plan.steps, new Set(standing.keys()));
  const todo = all.filter((flowId) => !standing.has(flowId) && !takenBack.has(flowId));
  if (todo.length > 0 && Date.parse(plan.expiresAt) < Date.now()) {
    return refuse(`the plan was valid until ${plan.expiresAt}`);
  }
  const outcome = outcomeOf(plan, all.length, standing.size - asBefore.size);
  outcome.left = todo.length;
  outcome.failed.push(...[...takenBack].map(([flowId, undo]) => takenBackBy(flowId, undo)));
  for (const flowId of asBefore) {
    outcome.failed.push({ flowId, kind: 'stale', why: contradicted(standing.get(flowId) ?? '') });
  }
  if (earlier.length > 0) outcome.earlierReceipts = [...earlier];
  const positions = new Map(plan.flows.map((flowId, position) => [flowId, position]));
  const applying: Applying = {
    session,
    plan,
    place,
    reason: options.reason?.trim() || null,
    part,
    position: (flowId) => positions.get(flowId) ?? 0,
  };
  await options.beforehand?.();
  return new BatchRun(applying, todo, outcome, options).run();
}
