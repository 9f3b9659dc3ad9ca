import type { Plan, Step } from './plan.ts';

/** Flows of a plan that are written in one transaction, with what the plan says of them. */
export interface PlanPart {
  readonly kind: Plan['kind'];
  readonly flows: readonly string[];
  readonly steps: readonly Step[];
  /** True where the finding must be gone afterwards. */
  mends(flowId: string, rule: string): boolean;
  /** True where the flow broke the rule when the plan was made: no other error may be there afterwards. */
  found(flowId: string, rule: string): boolean;
}

/** The whole plan as one part. */
export function wholePlan(plan: Plan): PlanPart {
  return {
    kind: plan.kind,
    flows: plan.flows,
    steps: plan.steps,
    mends: among(plan.mends),
    found: among(plan.findings),
  };
}

/** The flows of a plan that have something to write, in its order, and a way to take parts of them. */
export function partsOf(plan: Plan): { readonly flows: readonly string[]; part(flows: readonly string[]): PlanPart } {
  const whole = wholePlan(plan);
  const steps = Map.groupBy(plan.steps, (step) => step.flowId);
  const written = (flowId: string) => steps.get(flowId)?.some((step) => step.writes.length > 0) ?? false;
  return {
    flows: plan.flows.filter(written),
    part: (flows) => ({ ...whole, flows, steps: flows.flatMap((flowId) => steps.get(flowId) ?? []) }),
  };
}

/** Grouped once, and as they are: a plan of many flows has hundreds of thousands of them. */
function among(all: Plan['mends']): (flowId: string, rule: string) => boolean {
  const ofFlow = Map.groupBy(all, ({ flowId }) => flowId);
  return (flowId, rule) => ofFlow.get(flowId)?.some((one) => one.rule === rule) ?? false;
}
