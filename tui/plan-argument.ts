import { existsSync } from 'node:fs';
import { diagnose, type Plan, planRepair, readPlanFile, type Session } from '../shared/index.ts';

export const PLAN_ARGUMENT = {
  argument: '<plan-or-flow>',
  argumentAbout: 'a saved plan, or the id of a flow',
} as const;

const LIKE_AN_ID = /^[0-9a-f-]{1,36}$/i;

/**
 * The plan that an argument means: the saved one where it names a file, else a fresh one for the flow.
 * @throws Failure of reading the file, or of the diagnosis
 */
export async function planOf(session: Session, argument: string): Promise<Plan> {
  if (!LIKE_AN_ID.test(argument) || existsSync(argument)) return readPlanFile(argument);
  const { facts } = await diagnose(session, argument);
  return planRepair(session, facts);
}
