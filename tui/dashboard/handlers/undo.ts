import { draftUndo, receiptToUndo } from '../../../shared/index.ts';
import type { Handler } from '../handler.ts';
import { messages } from '../messages.ts';
import { askToRun } from './ask-to-run.ts';

/** Plans the way back of this flow alone from its newest receipt, previews it and asks. */
export const askUndo: Handler = async ({ session, flowId, show, notice }) => {
  const receipt = await receiptToUndo(session, flowId);
  if (!receipt) return notice(messages.nothingToUndo, 'warn');
  const { plan } = await draftUndo(session, receipt, [flowId]);
  if (!plan) return notice(messages.nothingToUndo, 'warn');
  show(await askToRun(session, { kind: 'undo', flowId, plan, receipt }));
};
