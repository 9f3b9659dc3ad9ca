import { diagnose, planRepair } from '../../../shared/index.ts';
import type { Handler } from '../handler.ts';
import { askToRun } from './ask-to-run.ts';

/** Plans the repair from the flow as it is now, previews it and asks. */
export const askApply: Handler = async ({ session, flowId, show }) => {
  const { facts } = await diagnose(session, flowId);
  const plan = planRepair(session, facts);
  if (plan.steps.every((step) => step.writes.length === 0)) show({ kind: 'nothing to mend', flowId, plan });
  else show(await askToRun(session, { kind: 'apply', flowId, plan, receipt: undefined }));
};
