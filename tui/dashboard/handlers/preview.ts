import { diagnose, planRepair, preview, writable } from '../../../shared/index.ts';
import type { Handler } from '../loop/handler.ts';

/** Runs the whole plan in a transaction that is rolled back and shows the rows before and after. */
export const showPreview: Handler = async ({ session, flowId, show }) => {
  const { facts } = await diagnose(session, flowId);
  const plan = planRepair(session, facts);
  show({ kind: 'preview', flowId, plan, run: await preview(writable(session), plan) });
};
