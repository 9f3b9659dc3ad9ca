import { z } from 'zod';

/** A flow of a plan that was not mended, and why. */
export const FailedFlow = z.object({
  flowId: z.string(),
  /**
   * `stale`: a row changed since the plan was made. `busy`: another session held a row. `not verified`: the repair did not
   * hold. `rejected`: the database did not take a value. `taken back`: the plan mended it, and an undo took that back since.
   */
  kind: z.enum(['stale', 'busy', 'not verified', 'rejected', 'taken back']),
  why: z.string(),
});
export type FailedFlow = z.infer<typeof FailedFlow>;

/** A flow that was not mended, and why. */
export function failed(flowId: string, kind: FailedFlow['kind'], why: string): FailedFlow {
  return { flowId, kind, why };
}

/** A flow that the plan mended and that was taken back since. */
export function takenBackBy(flowId: string, undo = ''): FailedFlow {
  return { flowId, kind: 'taken back', why: `receipt ${undo} took its repair back since; a plan is used once` };
}

/** Where one of several flows is rejected, halves find out which. */
export function halvesOf(flows: readonly string[]): [readonly string[], readonly string[]] {
  const middle = Math.ceil(flows.length / 2);
  return [flows.slice(0, middle), flows.slice(middle)];
}
