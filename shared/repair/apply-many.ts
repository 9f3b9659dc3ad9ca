import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Session } from '../session.ts';
import { type Applying, applyBatch, FailedFlow } from './apply-batch.ts';
import { createJournal, journalExists } from './journal.ts';
import type { Plan } from './plan.ts';
import { BATCH_SIZE } from './plan-many.ts';
import { partsOf } from './plan-part.ts';
import { appliedFlows } from './record-receipt.ts';

/** What came of applying a plan of many flows. Counts are flows. */
export const ManyOutcome = z.object({
  /** `done`: every batch ran. `stopped`: too many of a batch failed. `interrupted`: a person ended it between batches. */
  kind: z.enum(['done', 'stopped', 'interrupted', 'refused']),
  why: z.string().nullable(),
  planHash: z.string(),
  /** Flows of the plan that have something to write. */
  total: z.number(),
  applied: z.number(),
  /** Applied by an earlier run of this plan. */
  before: z.number(),
  failed: z.array(FailedFlow),
  /** Not tried: the same plan applied again goes on with them. */
  left: z.number(),
  receipts: z.array(z.string()),
});
export type ManyOutcome = z.infer<typeof ManyOutcome>;

/** How far a run is, after a batch. */
export interface ManyProgress extends Pick<ManyOutcome, 'total' | 'applied' | 'before' | 'failed' | 'left'> {
  /** True after the first flows, which are tried before the rest. */
  readonly canary: boolean;
  readonly flowsPerSecond: number;
  readonly secondsLeft: number;
}

export interface ApplyManyOptions {
  readonly reason?: string | undefined;
  readonly createJournal: boolean;
  /** So many flows first, as a batch of their own. */
  readonly canary?: number | undefined;
  /** Flows in one transaction; default: what the plan says. */
  readonly batchSize?: number | undefined;
  readonly flowsPerSecond?: number | undefined;
  /** The run stops after a batch of which more than this share failed: 0 to 1. */
  readonly stopAtShare?: number | undefined;
  /** Called between batches: here a face shows how far it is, asks, pauses, and ends the run. */
  readonly between?: (progress: ManyProgress) => Promise<'go on' | 'stop'>;
}

export const STOP_AT_SHARE = 0.2;

/**
 * Applies a plan of many flows, batch by batch, each in a transaction of its own with its own receipt. Exactly the flows of
 * the plan are touched. The journal says which are done: applied again, after whatever ended it, the plan goes on where it
 * stopped.
 * @throws Failure of the connection and the like; what was committed until then stands in the journal
 */
export async function applyMany(session: Session, plan: Plan, options: ApplyManyOptions): Promise<ManyOutcome> {
  const { flows: all, part } = partsOf(plan);
  const refuse = (why: string): ManyOutcome => ({ ...outcomeOf(plan, all.length, []), kind: 'refused', why });
  if (all.length === 0) return refuse('the plan has nothing to write');
  if (plan.database !== session.settings.database.label) {
    return refuse(`the plan was made for ${plan.database}, and this is ${session.settings.database.label}`);
  }
  const done = await doneBefore(session, plan, options);
  if (done === undefined) return refuse('the journal does not exist yet and making it was not agreed to');
  const before = all.filter((flowId) => done.has(flowId));
  const outcome = outcomeOf(plan, all.length, before);
  const todo = all.filter((flowId) => !done.has(flowId));
  if (todo.length > 0 && Date.parse(plan.expiresAt) < Date.now())
    return refuse(`the plan was valid until ${plan.expiresAt}`);
  const places = new Map(plan.flows.map((flowId, place) => [flowId, place]));
  const applying: Applying = {
    session,
    plan,
    reason: options.reason ?? null,
    part,
    place: (flowId) => places.get(flowId) ?? 0,
  };
  return run(applying, todo, outcome, options);
}

async function run(
  applying: Applying,
  todo: readonly string[],
  outcome: ManyOutcome,
  {
    canary = 0,
    batchSize,
    flowsPerSecond = Number.POSITIVE_INFINITY,
    stopAtShare = STOP_AT_SHARE,
    between,
  }: ApplyManyOptions,
): Promise<ManyOutcome> {
  const size = Math.max(1, Math.min(batchSize ?? applying.plan.batchSize ?? BATCH_SIZE, flowsPerSecond));
  const began = performance.now();
  for (let at = 0; at < todo.length; ) {
    const first = at === 0 && canary > 0;
    const flows = todo.slice(at, at + (first ? canary : Math.floor(size)));
    const batch = await applyBatch(applying, flows);
    at += flows.length;
    outcome.applied += batch.applied.length;
    outcome.before += batch.before.length;
    outcome.failed.push(...batch.failed);
    outcome.receipts.push(...batch.receipts);
    outcome.left = todo.length - at;
    if (batch.failed.length > stopAtShare * flows.length) {
      const why = `${batch.failed.length} of the ${flows.length} flows of a batch failed`;
      return { ...outcome, kind: outcome.left > 0 ? 'stopped' : 'done', why };
    }
    const progress = { ...outcome, canary: first && outcome.left > 0, ...pace(began, at, outcome.left) };
    if ((await between?.(progress)) === 'stop' && outcome.left > 0) return { ...outcome, kind: 'interrupted' };
    if (outcome.left > 0) await sleep(Math.max(0, (at / flowsPerSecond) * 1000 - (performance.now() - began)));
  }
  return outcome;
}

function pace(began: number, tried: number, left: number): Pick<ManyProgress, 'flowsPerSecond' | 'secondsLeft'> {
  const flowsPerSecond = tried / Math.max(0.001, (performance.now() - began) / 1000);
  return { flowsPerSecond, secondsLeft: left / flowsPerSecond };
}

function outcomeOf(plan: Plan, total: number, before: readonly string[]): ManyOutcome {
  return {
    kind: 'done',
    why: null,
    planHash: plan.hash,
    total,
    applied: 0,
    before: before.length,
    failed: [],
    left: total - before.length,
    receipts: [],
  };
}

/** The flows that an earlier run of the plan applied; undefined where there is no journal and none may be made. */
async function doneBefore(
  session: Session,
  plan: Plan,
  { createJournal: agreed }: ApplyManyOptions,
): Promise<ReadonlySet<string> | undefined> {
  if (await journalExists(session.reader)) return appliedFlows(session.reader, plan);
  if (!agreed) return undefined;
  await createJournal(session.writer);
  return new Set();
}
