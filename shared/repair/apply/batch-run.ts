import { setTimeout as sleep } from 'node:timers/promises';
import type { Writer } from '../../database/sql/reader.ts';
import type { WriteSession } from '../../session.ts';
import { BATCH_SIZE } from '../plan/plan-many.ts';
import { addedUp } from '../run/not-restored.ts';
import { type Applying, applyBatch, type Batch } from './apply-batch.ts';
import { brokenBy } from './broken-run.ts';
import type { ManyOutcome, ManyProgress } from './many-outcome.ts';
import { openRateLimit, type RateLimit } from './rate-limit.ts';

/** Milliseconds that never go back, and a wait for some of them. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

const REAL_CLOCK: Clock = { now: () => performance.now(), sleep };

/** How a run goes through its flows. */
export interface BatchRunOptions {
  /** So many flows first, as a batch of their own. */
  readonly canary?: number | undefined;
  /** Flows in one transaction; default: what the plan says. */
  readonly batchSize?: number | undefined;
  readonly flowsPerSecond?: number | undefined;
  /** Batches that run at once, each on a connection of its own; default 2, and 1 where the rate is bounded. */
  readonly lanes?: number | undefined;
  /** The run stops after a batch of which more than this share failed: 0 to 1. */
  readonly stopAtShare?: number | undefined;
  /**
   * Called between batches, and again and again while the rate is waited for: here a face shows how far it is, asks,
   * pauses, and ends the run.
   */
  readonly between?: (progress: ManyProgress) => Promise<'go on' | 'stop'>;
  /** Another clock than the machine's, for tests. */
  readonly clock?: Clock;
}

export const STOP_AT_SHARE = 0.2;
/** So many flows are tried first where nobody says another number: a face that asks once. */
export const CANARY = 10;
const LANES = 2;
/** How often a person is asked for pause or stop while the rate limit is waited for. */
const POLL_MS = 200;

/**
 * One run over the flows of a plan: the canary alone, then batches on as many lanes as there are, each lane with a connection
 * of its own. What is done stands in the outcome, whatever ends the run.
 */
export class BatchRun {
  readonly #applying: Applying;
  readonly #flows: readonly string[];
  readonly #outcome: ManyOutcome;
  readonly #options: BatchRunOptions;
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  /** Flows of one batch. */
  readonly #size: number;
  /** When it began, later by the time that a person took to answer. */
  #began: number;
  /** Flows that a batch has taken. */
  #taken = 0;
  /** No further batch begins. */
  #ended = false;
  /** The last question to the face: the next waits for it. */
  #asking: Promise<unknown> = Promise.resolve();

  constructor(applying: Applying, flows: readonly string[], outcome: ManyOutcome, options: BatchRunOptions) {
    const { flowsPerSecond = Number.POSITIVE_INFINITY, clock = REAL_CLOCK } = options;
    const size = options.batchSize ?? applying.plan.batchSize ?? BATCH_SIZE;
    this.#applying = applying;
    this.#flows = flows;
    this.#outcome = outcome;
    this.#options = options;
    this.#clock = clock;
    this.#limit = openRateLimit(flowsPerSecond, clock.now);
    this.#size = Math.floor(Math.max(1, Math.min(size, flowsPerSecond)));
    this.#began = clock.now();
  }

  async run(): Promise<ManyOutcome> {
    const { canary = 0, flowsPerSecond, lanes = flowsPerSecond === undefined ? LANES : 1 } = this.#options;
    const { session } = this.#applying;
    const outcome = this.#outcome;
    if (canary > 0 && this.#flows.length > 0) {
      this.#limit.take(Math.min(canary, this.#flows.length));
      await this.#applyNext(session, canary).catch((thrown: unknown) => this.#breakOff(thrown));
    }
    if (!this.#ended) {
      const lane = (writer: Writer) => this.#goThrough({ ...session, writer });
      // A lane that fails lets the batch of another end before the failure is told.
      await Promise.all(
        Array.from({ length: lanes }, () =>
          session.writer.onOneConnection(lane).catch((thrown: unknown) => this.#breakOff(thrown)),
        ),
      );
    }
    // Ended by one lane while the other wrote the last flows: nothing was left to end.
    if (outcome.left === 0 && outcome.kind !== 'broken') outcome.kind = 'done';
    return outcome;
  }

  /** Batch after batch, until none is left or the run has ended. */
  async #goThrough(session: WriteSession): Promise<void> {
    while (!this.#ended && this.#taken < this.#flows.length) {
      await this.#waitForRate(Math.min(this.#size, this.#flows.length - this.#taken));
      if (!this.#ended) await this.#applyNext(session, this.#size);
    }
  }

  async #applyNext(session: WriteSession, size: number): Promise<void> {
    const flows = this.#flows.slice(this.#taken, this.#taken + size);
    if (flows.length === 0) return;
    const isCanary = this.#taken === 0 && (this.#options.canary ?? 0) > 0;
    this.#taken += flows.length;
    let failed = 0;
    for await (const part of applyBatch({ ...this.#applying, session }, flows)) {
      this.#add(part);
      failed += part.failed.length;
    }
    if (failed > (this.#options.stopAtShare ?? STOP_AT_SHARE) * flows.length && !this.#ended) {
      this.#stop(`${failed} of the ${flows.length} flows of a batch failed`);
      return;
    }
    await this.#ask(isCanary && this.#outcome.left > 0);
  }

  /** Waits until so many flows may be written; a person can pause or stop the run meanwhile. */
  async #waitForRate(flows: number): Promise<void> {
    for (let wait = this.#limit.take(flows); wait > 0 && !this.#ended; wait = this.#limit.take(flows)) {
      await this.#clock.sleep(Math.min(wait, POLL_MS));
      if (wait > POLL_MS) await this.#ask(false);
    }
  }

  /** Shows the face how far it is, one lane after the other: a face shows one question at a time. */
  async #ask(canary: boolean): Promise<void> {
    const progress = { ...this.#outcome, canary, ...this.#pace() };
    const asking = this.#asking.then(async () => {
      if (this.#ended) return 'stop';
      const asked = this.#clock.now();
      const answer = await this.#options.between?.(progress);
      // The time that a person takes says nothing of the time that the rest will take.
      this.#began += this.#clock.now() - asked;
      return answer;
    });
    this.#asking = asking;
    if ((await asking) === 'stop' && this.#outcome.left > 0 && !this.#ended) {
      this.#ended = true;
      this.#outcome.kind = 'interrupted';
    }
  }

  #add({ applied, before, failed, receipts, notRestored }: Batch): void {
    const outcome = this.#outcome;
    outcome.applied += applied.length;
    outcome.before += before.length;
    outcome.failed.push(...failed);
    outcome.left -= applied.length + before.length + failed.length;
    outcome.receipts.push(...receipts);
    if (notRestored.length > 0) outcome.notRestored = addedUp([...(outcome.notRestored ?? []), ...notRestored]);
  }

  #stop(why: string): void {
    this.#ended = true;
    this.#outcome.why = why;
    if (this.#outcome.left > 0) this.#outcome.kind = 'stopped';
  }

  #breakOff(thrown: unknown): void {
    this.#ended = true;
    const broken = brokenBy(thrown);
    // What breaks one lane breaks the other: the first failure is shown, unless a commit may have gone through.
    if (this.#outcome.kind !== 'broken' || broken.failure.code === 'outcome-unknown')
      Object.assign(this.#outcome, broken);
  }

  #pace(): Pick<ManyProgress, 'flowsPerSecond' | 'secondsLeft'> {
    const { left } = this.#outcome;
    const seconds = Math.max(0.001, (this.#clock.now() - this.#began) / 1000);
    const flowsPerSecond = (this.#flows.length - left) / seconds;
    return { flowsPerSecond, secondsLeft: left / flowsPerSecond };
  }
}
