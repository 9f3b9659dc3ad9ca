import { latestReceipt, planUndo } from '../../../shared/index.ts';
import type { Handler } from '../handler.ts';
import { messages } from '../messages.ts';
import { askToRun } from './ask-to-run.ts';

/** Plans the way back from the flow's newest receipt, previews it and asks. */
export const askUndo: Handler = async ({ session, flowId, show, notice }) => {
  const receipt = await latestReceipt(session, flowId);
  if (!receipt) return notice(messages.nothingToUndo, 'warn');
  show(await askToRun(session, { kind: 'undo', flowId, plan: planUndo(session, receipt), receipt }));
};
