import type { Plan, Step } from './plan.ts';

/** Flows of a plan that are written in one transaction, with what the plan says of them. */
export interface PlanPart {
  readonly kind: Plan['kind'];
  readonly flows: readonly string[];
  readonly steps: readonly Step[];
  /** Flow -> the rules whose findings must be gone afterwards. */
  readonly mends: ReadonlyMap<string, ReadonlySet<string>>;
  /** Flow -> the rules that it broke when the plan was made: no other error may be there afterwards. */
  readonly findings: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The whole plan as one part. */
export function wholePlan(plan: Plan): PlanPart {
  return {
    kind: plan.kind,
    flows: plan.flows,
    steps: plan.steps,
    mends: rulesByFlow(plan.mends),
    findings: rulesByFlow(plan.findings),
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

function rulesByFlow(all: readonly { flowId: string; rule: string }[]): Map<string, Set<string>> {
  const rules = new Map<string, Set<string>>();
  for (const { flowId, rule } of all) {
    const some = rules.get(flowId);
    if (some) some.add(rule);
    else rules.set(flowId, new Set([rule]));
  }
  return rules;
}
