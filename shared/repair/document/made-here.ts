import { type Plan, type PlanBody, seal } from './plan.ts';

declare const made: unique symbol;

/**
 * A plan that this process made from the rows and that never left it: its steps are believed, and rest on their guards. Any
 * other plan, such as one from a file, is made again from the rows before it is run: a hash says who wrote it no more than a
 * page number does.
 */
export type PlanMadeHere = Plan & { readonly [made]: true };

/** By identity: neither a copy nor what was parsed is one of them. */
const plansMadeHere = new WeakSet<Plan>();

/** Seals a plan whose steps were made from the rows just now. For planners only. */
export function sealMadeHere(body: PlanBody): PlanMadeHere {
  const plan = seal(body) as PlanMadeHere;
  plansMadeHere.add(plan);
  return plan;
}

export function isMadeHere(plan: Plan): plan is PlanMadeHere {
  return plansMadeHere.has(plan);
}
