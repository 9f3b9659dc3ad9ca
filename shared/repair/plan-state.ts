import { z } from 'zod';
import { refuseUnjudged } from '../diagnose/not-judged.ts';
import { asFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { forgeryIn } from './check-plan.ts';
import { contradicted, flowsAsBefore } from './flows-as-before.ts';
import { Receipt } from './journal.ts';
import { appliedFlows, appliedReceipt, journalPlace } from './journal-place.ts';
import type { Plan } from './plan.ts';
import { partsOf } from './plan-part.ts';
import { Drift, driftOf } from './run-plan.ts';
import { staleRows } from './write-rows.ts';

/** What a saved plan is good for now. Counts are flows. */
export const PlanState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fresh'), until: z.string() }),
  z.object({ kind: z.literal('used'), receipt: Receipt }),
  z.object({ kind: z.literal('taken back'), receipt: Receipt }),
  /** Some of its flows were applied; applied again it goes on with those that are left. */
  z.object({
    kind: z.literal('begun'),
    total: z.number(),
    applied: z.number(),
    takenBack: z.number(),
    left: z.number(),
    /** What changed since of those that are left. */
    drift: z.array(Drift),
    until: z.string(),
    expired: z.boolean(),
  }),
  z.object({ kind: z.literal('expired'), since: z.string() }),
  z.object({ kind: z.literal('stale'), drift: z.array(Drift), why: z.string().optional() }),
  z.object({ kind: z.literal('elsewhere'), database: z.string() }),
  z.object({ kind: z.literal('forged'), why: z.string() }),
  /** It could be read, and not compared with the database or its journal. */
  z.object({ kind: z.literal('unchecked'), why: z.string() }),
]);
export type PlanState = z.infer<typeof PlanState>;

/** Says whether a plan could still be applied, without locking a row or writing anything. */
export async function planState(session: Session, plan: Plan): Promise<PlanState> {
  refuseUnjudged(session, plan.kind);
  const { primary, catalog, settings } = session;
  if (plan.database !== settings.database.label) return { kind: 'elsewhere', database: plan.database };
  const forgery = await forgeryIn(plan, session);
  if (forgery !== undefined) return { kind: 'forged', why: forgery };
  const driftIn = async (steps: Plan['steps']) => driftOf(catalog, steps, await staleRows(primary, catalog, steps));
  const expired = Date.parse(plan.expiresAt) < Date.now();
  const known = await inJournal(session, plan);
  if (known.kind === 'applied') {
    const { receipt, left, applied, takenBack } = known;
    const [total, until] = [applied + takenBack + left.length, plan.expiresAt];
    if (left.length > 0) {
      const those = new Set(left);
      const steps = plan.steps.filter(({ flowId }) => those.has(flowId));
      const drift = await driftIn(steps);
      return { kind: 'begun', total, applied, takenBack, left: left.length, drift, until, expired };
    }
    if (takenBack > 0) return { kind: 'taken back', receipt };
    const before = await flowsAsBefore(session, plan.steps, new Set(plan.flows));
    return before.size > 0 ? { kind: 'stale', drift: [], why: contradicted(receipt.id) } : { kind: 'used', receipt };
  }
  if (expired) return { kind: 'expired', since: plan.expiresAt };
  const drift = await driftIn(plan.steps);
  if (drift.length > 0) return { kind: 'stale', drift };
  if (known.kind === 'hidden') return { kind: 'unchecked', why: known.why };
  return { kind: 'fresh', until: plan.expiresAt };
}

const HIDDEN =
  'This role may not read the journal: whether the plan was applied is not known. Nothing that it rests on has changed.';

type InJournal =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'hidden'; readonly why: string }
  | {
      readonly kind: 'applied';
      readonly receipt: Receipt;
      readonly left: readonly string[];
      readonly applied: number;
      readonly takenBack: number;
    };

/** What the journal has of a plan; a role that reads flows may not be allowed to read it. */
async function inJournal(session: Session, plan: Plan): Promise<InJournal> {
  try {
    const place = await journalPlace(session, plan);
    const receipt = await appliedReceipt(session, place, plan);
    if (!receipt) return { kind: 'nothing' };
    // An undo may have been applied as another one of the same flows.
    const { standing, takenBack } = await appliedFlows(session, place, receipt.planHash);
    const left = partsOf(plan).flows.filter((flowId) => !standing.has(flowId) && !takenBack.has(flowId));
    return { kind: 'applied', receipt, left, applied: standing.size, takenBack: takenBack.size };
  } catch (thrown) {
    if (asFailure(thrown).code !== 'no-rights') throw thrown;
    return { kind: 'hidden', why: HIDDEN };
  }
}
