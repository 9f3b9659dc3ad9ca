import { z } from 'zod';
import { asFailure } from '../../files/as-failure.ts';
import { refuseUnjudged } from '../../rules/judge/not-judged.ts';
import type { Session } from '../../session.ts';
import type { Plan } from '../document/plan.ts';
import { partsOf } from '../document/plan-part.ts';
import { Receipt } from '../journal/journal.ts';
import { appliedFlows, appliedReceipt, journalPlace } from '../journal/journal-place.ts';
import { BATCH_SIZE } from '../plan/plan-many.ts';
import { Drift, driftOf } from '../run/drift.ts';
import { contradicted, flowsAsBefore } from '../run/flows-as-before.ts';
import { madeAgain } from '../run/made-again.ts';
import { staleRows } from '../run/write-rows.ts';
import { forgeryIn, otherDatabase } from './check-plan.ts';

/** What a saved plan is good for now. Counts are flows. */
export const PlanState = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('fresh'),
    until: z.string(),
    /** Findings that came or went since it was made and decide no write. Absent: none. */
    notes: z.array(z.string()).optional(),
  }),
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
  z.object({ kind: z.literal('elsewhere'), database: z.string(), why: z.string() }),
  /** It contradicts itself, or the rules make another plan of the rows: it was changed, or what it rests on was. */
  z.object({ kind: z.literal('forged'), why: z.string() }),
  /** It could be read, and not compared with the database or its journal. */
  z.object({ kind: z.literal('unchecked'), why: z.string() }),
]);
export type PlanState = z.infer<typeof PlanState>;

/** Says whether a plan could still be applied, without locking a row or writing anything. */
export async function planState(session: Session, plan: Plan): Promise<PlanState> {
  refuseUnjudged(session, plan.kind);
  const elsewhere = otherDatabase(plan, session);
  if (elsewhere !== undefined) return { kind: 'elsewhere', database: plan.database, why: elsewhere };
  const forgery = await forgeryIn(plan, session);
  if (forgery !== undefined) return { kind: 'forged', why: `Flowmend did not make it: ${forgery}` };
  const expired = Date.parse(plan.expiresAt) < Date.now();
  const known = await inJournal(session, plan);
  if (known.kind === 'applied') {
    const { receipt, left, applied, takenBack } = known;
    const [total, until] = [applied + takenBack + left.length, plan.expiresAt];
    if (left.length > 0) {
      const { drift, different } = await rowsOf(session, plan, left);
      if (different !== undefined) return { kind: 'forged', why: different };
      return { kind: 'begun', total, applied, takenBack, left: left.length, drift: [...drift], until, expired };
    }
    if (takenBack > 0) return { kind: 'taken back', receipt };
    const before = await flowsAsBefore(session, plan.steps, new Set(plan.flows));
    return before.size > 0 ? { kind: 'stale', drift: [], why: contradicted(receipt.id) } : { kind: 'used', receipt };
  }
  if (expired) return { kind: 'expired', since: plan.expiresAt };
  const { drift, different, notes } = await rowsOf(session, plan, partsOf(plan).flows);
  if (drift.length > 0) return { kind: 'stale', drift: [...drift] };
  if (different !== undefined) return { kind: 'forged', why: different };
  if (known.kind === 'hidden') return { kind: 'unchecked', why: known.why };
  return { kind: 'fresh', until: plan.expiresAt, ...(notes.length > 0 ? { notes: [...notes] } : {}) };
}

const MAX_NOTES = 20;

/** What the rows of some flows of a plan are now, batch by batch: a plan from outside is compared with what the rules make of them. */
async function rowsOf(
  session: Session,
  plan: Plan,
  flows: readonly string[],
): Promise<{
  readonly drift: readonly Drift[];
  /** The first place where the rules make another plan. */
  readonly different: string | undefined;
  readonly notes: readonly string[];
}> {
  const { primary, catalog } = session;
  const { part } = partsOf(plan);
  const size = plan.batchSize ?? BATCH_SIZE;
  const [drift, different, notes]: [Drift[], string[], string[]] = [[], [], []];
  for (let at = 0; at < flows.length; at += size) {
    const batch = part(flows.slice(at, at + size));
    if (!batch.outside) {
      drift.push(...driftOf(catalog, batch.steps, await staleRows(primary, catalog, batch.steps)));
      continue;
    }
    const asRole = await madeAgain(primary, session, batch, batch.outside);
    // Who only reads it may have none of the rights of who made it.
    const readOnly = { ...session, writer: undefined };
    const made = asRole.different.length === 0 ? asRole : await madeAgain(primary, readOnly, batch, batch.outside);
    drift.push(...made.drift);
    different.push(...made.different.map(({ what }) => `the rules make another plan of these rows now. ${what}`));
    notes.push(...made.notes.slice(0, MAX_NOTES - notes.length));
  }
  return { drift, different: different[0], notes };
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
