import { existsSync } from 'node:fs';
import { diagnose, type Plan, planRepair, readPlanFile, type Session } from '../shared/index.ts';
import type { Context } from './command.ts';

export const PLAN_ARGUMENT = {
  argument: '<plan-or-flow>',
  argumentAbout: 'a saved plan, or the id of a flow',
} as const;

const LIKE_AN_ID = /^[0-9a-f-]{1,36}$/i;

/**
 * The plan that an argument means, with the session for its flows: the saved one where it names a file, else a fresh one
 * for the flow.
 * @throws Failure of reading the file, or of the diagnosis
 */
export async function planOf(context: Context, argument: string): Promise<{ session: Session; plan: Plan }> {
  if (!LIKE_AN_ID.test(argument) || existsSync(argument)) {
    const plan = await readPlanFile(argument);
    return { session: await context.session(plan.flows[0]), plan };
  }
  const session = await context.session(argument);
  const { facts } = await diagnose(session, argument);
  return { session, plan: planRepair(session, facts) };
}
