import { diagnose, planRepair, writePlanFile } from '../../../shared/index.ts';
import type { Handler } from '../loop/handler.ts';
import { messages } from '../words/messages.ts';

/** Writes the plan as a file into the current folder, for review and for `flowmend apply`. */
export const savePlan: Handler = async ({ session, flowId, notice }) => {
  const { facts } = await diagnose(session, flowId);
  const plan = planRepair(session, facts);
  const file = `flowmend-${flowId.slice(0, 8)}-${plan.hash.slice(0, 8)}.json`;
  await writePlanFile(file, plan);
  notice(messages.planSaved(file), 'good');
};
