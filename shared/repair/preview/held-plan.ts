import { isMadeHere, sealMadeHere } from '../document/made-here.ts';
import { type Plan, seal } from '../document/plan.ts';
import type { ManyPreview } from './preview-many.ts';

/**
 * The plan without the flows that failed when it was tried out: they would fail again, and as the first ones end the run for
 * all others. Undefined where nothing held.
 */
export function heldPlan(plan: Plan, { ran, failed }: ManyPreview): Plan | undefined {
  if (ran === 0) return undefined;
  if (failed.length === 0) return plan;
  const without = new Set(failed.map((one) => one.flowId));
  const kept = <T extends { readonly flowId: string }>(all: readonly T[]) =>
    all.filter((one) => !without.has(one.flowId));
  const { hash: _hash, digests: _digests, ...body } = plan;
  // A plan from a file stays one: leaving flows out makes it no truer.
  const sealed = isMadeHere(plan) ? sealMadeHere : seal;
  return sealed({
    ...body,
    flows: body.flows.filter((flowId) => !without.has(flowId)),
    findings: kept(body.findings),
    mends: kept(body.mends),
    leftOut: kept(body.leftOut),
    steps: kept(body.steps),
  });
}
