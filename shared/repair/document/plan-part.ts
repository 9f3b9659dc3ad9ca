import { isMadeHere } from './made-here.ts';
import type { Plan, Step } from './plan.ts';
import type { PlanOptions } from './plan-options.ts';

/** Flows of a plan that are written in one transaction, with what the plan says of them. */
export interface PlanPart {
  readonly kind: Plan['kind'];
  readonly flows: readonly string[];
  readonly steps: readonly Step[];
  /** True where the finding must be gone afterwards. */
  mends(flowId: string, rule: string): boolean;
  /** True where the flow broke the rule when the plan was made: no other error may be there afterwards. */
  found(flowId: string, rule: string): boolean;
  /** What it is compared with when it is made again; undefined where it is believed as it is. */
  readonly outside?: FromOutside | undefined;
}

/** A repair that did not come from this process: nothing of it is believed that can be made again. */
export interface FromOutside {
  readonly options: PlanOptions;
  /** Flows of a plan of many are read less deeply than one alone. */
  readonly reading: 'one flow' | 'many flows';
  readonly rulesOf: (what: 'findings' | 'mends', flowId: string) => readonly string[];
  /** Where a step stands in the plan. */
  readonly placeOf: (step: Step) => string;
}

/** The whole plan as one part. */
export function wholePlan(plan: Plan): PlanPart {
  return {
    kind: plan.kind,
    flows: plan.flows,
    steps: plan.steps,
    mends: among(plan.mends),
    found: among(plan.findings),
    outside: plan.kind === 'undo' || isMadeHere(plan) ? undefined : fromOutside(plan),
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

/** The part without these flows. */
export function without(part: PlanPart, flows: ReadonlySet<string>): PlanPart {
  if (flows.size === 0) return part;
  return {
    ...part,
    flows: part.flows.filter((flowId) => !flows.has(flowId)),
    steps: part.steps.filter(({ flowId }) => !flows.has(flowId)),
  };
}

/** Grouped once, and as they are: a plan of many flows has hundreds of thousands of them. */
export function among(all: Plan['mends']): (flowId: string, rule: string) => boolean {
  const ofFlow = Map.groupBy(all, ({ flowId }) => flowId);
  return (flowId, rule) => ofFlow.get(flowId)?.some((one) => one.rule === rule) ?? false;
}

function fromOutside({ asked = {}, batchSize, flows, findings, mends, steps }: Plan): FromOutside {
  const places = new Map(steps.map((step, place) => [step, `steps.${place} (${step.table.name} ${step.key})`]));
  const rules = {
    findings: Map.groupBy(findings, ({ flowId }) => flowId),
    mends: Map.groupBy(mends, ({ flowId }) => flowId),
  };
  return {
    options: { rules: asked.rules, ...(asked.choices ? { choices: asked.choices } : {}) },
    reading: batchSize === undefined && flows.length === 1 ? 'one flow' : 'many flows',
    rulesOf: (what, flowId) => (rules[what].get(flowId) ?? []).map(({ rule }) => rule),
    placeOf: (step) => places.get(step) ?? 'steps',
  };
}
