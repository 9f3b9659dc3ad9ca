import { z } from 'zod';
import { FailedFlow } from '../document/failed-flow.ts';
import { Asked, type Plan } from '../document/plan.ts';
import { NotRestoredColumn } from '../run/not-restored.ts';
import { RunFailure } from './broken-run.ts';

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

/** A run of a plan that has not begun. */
export function outcomeOf(plan: Plan, total: number, before: number): ManyOutcome {
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
