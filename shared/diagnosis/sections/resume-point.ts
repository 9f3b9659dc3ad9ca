import { z } from 'zod';
import type { FlowModel } from '../../flow/model.ts';
import type { Decision } from '../../resume/decide.ts';
import type { FlowFacts } from '../../rules/facts/flow-facts.ts';

/** Where the flow goes on, and why there. */
export const ResumePoint = z.object({ phase: z.string(), why: z.string() });

/** Null where the flow goes on nowhere: all phases are complete, it was put away, or it has no child record. */
export function resumePoint(
  { row }: FlowFacts,
  decision: Decision,
  model: FlowModel,
): z.infer<typeof ResumePoint> | null {
  if (row.childless) return null;
  if (decision.kind === 'approve') {
    return { phase: decision.phase.name, why: `${decision.why}: it goes on there once they are approved` };
  }
  if (decision.kind !== 'nothing') return { phase: decision.phase.name, why: decision.why };
  if (row.phase_open === null || model.statuses.retired.includes(row.status)) return null;
  return { phase: row.phase_open, why: `it is the first phase that is not complete; ${decision.why}` };
}
