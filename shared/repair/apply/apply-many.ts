import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Writer } from '../../database/sql/reader.ts';
import { refuseUnjudged } from '../../rules/judge/not-judged.ts';
import type { WriteSession } from '../../session.ts';
import { forgeryIn, otherDatabase } from '../check/check-plan.ts';
import { type Consent, objectionTo } from '../document/consent.ts';
import { FailedFlow, takenBackBy } from '../document/failed-flow.ts';
import { Asked, type Plan } from '../document/plan.ts';
import { partsOf } from '../document/plan-part.ts';
import { appliedFlows, journalPlace, receiptById } from '../journal/journal-place.ts';
import { readyJournal } from '../journal/make-journal.ts';
import { serverObjection } from '../journal/receipt-origin.ts';
import { BATCH_SIZE } from '../plan/plan-many.ts';
import { contradicted, flowsAsBefore } from '../run/flows-as-before.ts';
import { addedUp, NotRestoredColumn } from '../run/not-restored.ts';
import { writing } from '../run/saying-what-was-written.ts';
import { type Applying, applyBatch, type Batch } from './apply-batch.ts';
import { brokenBy, RunFailure } from './broken-run.ts';
import { openRateLimit } from './rate-limit.ts';

/** What came of applying a plan of many flows. Counts are flows. */
export const ManyOutcome = z.object({
  /**
   * `done`: every batch ran. `stopped`: too many of a batch failed. `interrupted`: a person ended it between batches.
   * `broken`: a failure ended it, such as a lost connection; of the batches under way then only the journal knows.
   */
  kind: z.enum(['done', 'stopped', 'interrupted', 'broken', 'refused']),
  why: z.string().nullable(),
  /** What ended a broken run. */
  failure: RunFailure.optional(),
  planHash: z.string(),
  /** As the plan says: who plans the failed flows anew means no more than that. */
  asked: Asked.optional(),
  /** Flows of the plan that have something to write. */
  total: z.number(),
  applied: z.number(),
  /** Applied by an earlier run of this plan. */
  before: z.number(),
  failed: z.array(FailedFlow),
  /** Not tried, or not known: the same plan applied again goes on with them. */
  left: z.number(),
  receipts: z.array(z.string()),
  /** Receipts of earlier runs of this plan, of what was not taken back since. Absent: none. */
  earlierReceipts: z.array(z.string()).optional(),
  /** Of an undo: columns that something of the install sets on every write. Absent: every column is as it was. */
  notRestored: z.array(NotRestoredColumn).optional(),
});
export type ManyOutcome = z.infer<typeof ManyOutcome>;

/** How far a run is, after a batch. */
export interface ManyProgress extends Pick<ManyOutcome, 'total' | 'applied' | 'before' | 'failed' | 'left'> {
  /** True once: after the first flows, which are tried before the rest. */
  readonly canary: boolean;
  readonly flowsPerSecond: number;
  readonly secondsLeft: number;
}

export interface ApplyManyOptions extends Consent {
  /** The user agreed that the journal may be made where there is none, and an older one brought up to date. */
  readonly createJournal: boolean;
  /** So many flows first, as a batch of their own. */
  readonly canary?: number | undefined;
  /** Flows in one transaction; default: what the plan says. */
  readonly batchSize?: number | undefined;
  readonly flowsPerSecond?: number | undefined;
  /** Batches that run at once, each on a connection of its own; default 2, and 1 where the rate is bounded. */
  readonly lanes?: number | undefined;
  /** The run stops after a batch of which more than this share failed: 0 to 1. */
  readonly stopAtShare?: number | undefined;
  /** Called before the journal is made ready, and once more before the first batch: what it throws ends the run then. */
  readonly beforehand?: () => Promise<void>;
  /**
   * Called between batches, and again and again while the rate is waited for: here a face shows how far it is, asks,
   * pauses, and ends the run.
   */
  readonly between?: (progress: ManyProgress) => Promise<'go on' | 'stop'>;
}

export const STOP_AT_SHARE = 0.2;
/** So many flows are tried first where nobody says another number: a face that asks once. */
export const CANARY = 10;
const LANES = 2;
/** How often a person is asked for pause or stop while the rate limit is waited for. */
const POLL_MS = 200;

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
  return run(applying, todo, outcome, options);
}

/** The batches one after the other: the canary alone, then on as many lanes as there are, each with its own connection. */
async function run(
  applying: Applying,
  todo: readonly string[],
  outcome: ManyOutcome,
  options: ApplyManyOptions,
): Promise<ManyOutcome> {
  const { canary = 0, flowsPerSecond = Number.POSITIVE_INFINITY, stopAtShare = STOP_AT_SHARE, between } = options;
  const size = Math.floor(
    Math.max(1, Math.min(options.batchSize ?? applying.plan.batchSize ?? BATCH_SIZE, flowsPerSecond)),
  );
  const limit = openRateLimit(flowsPerSecond);
  let began = performance.now();
  let taken = 0;
  let ended = false;
  let turn: Promise<unknown> = Promise.resolve();

  const askBetween = async (canary: boolean) => {
    const progress = { ...outcome, canary, ...pace(began, todo.length - outcome.left, outcome.left) };
    // One lane after the other: a face shows one question at a time.
    turn = turn.then(async () => {
      if (ended) return 'stop';
      const asked = performance.now();
      const answer = await between?.(progress);
      // The time that a person takes says nothing of the time that the rest will take.
      began += performance.now() - asked;
      return answer;
    });
    if ((await turn) === 'stop' && outcome.left > 0 && !ended) {
      ended = true;
      outcome.kind = 'interrupted';
    }
  };
  /** Waits until so many flows may be written; a person can pause or stop it meanwhile. */
  const allowed = async (flows: number) => {
    for (let wait = limit.take(flows); wait > 0 && !ended; wait = limit.take(flows)) {
      await sleep(Math.min(wait, POLL_MS));
      if (wait > POLL_MS) await askBetween(false);
    }
  };
  const batch = async (session: WriteSession, most: number) => {
    const flows = todo.slice(taken, taken + most);
    if (flows.length === 0) return;
    const alone = taken === 0 && canary > 0;
    taken += flows.length;
    let failed = 0;
    for await (const came of applyBatch({ ...applying, session }, flows)) {
      add(outcome, came);
      failed += came.failed.length;
    }
    if (failed > stopAtShare * flows.length && !ended) {
      ended = true;
      outcome.why = `${failed} of the ${flows.length} flows of a batch failed`;
      if (outcome.left > 0) outcome.kind = 'stopped';
      return;
    }
    await askBetween(alone && outcome.left > 0);
  };
  const broke = (thrown: unknown) => {
    ended = true;
    const broken = brokenBy(thrown);
    // What breaks one lane breaks the other: the first failure is told, unless a commit may have gone through.
    if (outcome.kind !== 'broken' || broken.failure.code === 'outcome-unknown') Object.assign(outcome, broken);
  };
  const lane = async (writer: Writer) => {
    while (!ended && taken < todo.length) {
      await allowed(Math.min(size, todo.length - taken));
      if (!ended) await batch({ ...applying.session, writer }, size);
    }
  };
  const lanes = options.lanes ?? (options.flowsPerSecond === undefined ? LANES : 1);
  const { writer } = applying.session;
  if (canary > 0 && todo.length > 0) {
    limit.take(Math.min(canary, todo.length));
    await batch(applying.session, canary).catch(broke);
  }
  // A lane that fails lets the batch of another end before the failure is told.
  if (!ended) await Promise.all(Array.from({ length: lanes }, () => writer.onOneConnection(lane).catch(broke)));
  // Ended by one lane while the other wrote the last flows: nothing was left to end.
  if (outcome.left === 0 && outcome.kind !== 'broken') outcome.kind = 'done';
  return outcome;
}

function add(outcome: ManyOutcome, { applied, before, failed, receipts, notRestored }: Batch): void {
  outcome.applied += applied.length;
  outcome.before += before.length;
  outcome.failed.push(...failed);
  outcome.left -= applied.length + before.length + failed.length;
  outcome.receipts.push(...receipts);
  if (notRestored.length > 0) outcome.notRestored = addedUp([...(outcome.notRestored ?? []), ...notRestored]);
}

function pace(began: number, tried: number, left: number): Pick<ManyProgress, 'flowsPerSecond' | 'secondsLeft'> {
  const flowsPerSecond = tried / Math.max(0.001, (performance.now() - began) / 1000);
  return { flowsPerSecond, secondsLeft: left / flowsPerSecond };
}

function outcomeOf(plan: Plan, total: number, before: number): ManyOutcome {
  return {
    kind: 'done',
    why: null,
    planHash: plan.hash,
    ...(plan.asked ? { asked: plan.asked } : {}),
    total,
    applied: 0,
    before,
    failed: [],
    left: total - before,
    receipts: [],
  };
}
