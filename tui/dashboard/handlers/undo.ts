import { draftUndo, type Run, receiptToUndo, type UndoDraft, writable } from '../../../shared/index.ts';
import type { Handler } from '../loop/handler.ts';
import { messages } from '../words/messages.ts';
import { askToRun } from './ask-to-run.ts';

/** Plans the way back of this flow alone from what was last done to it, previews it and asks. */
export const askUndo: Handler = (work) => askUndoOf(work, [work.flowId]);

/** The same of every flow that was written along with it, as far as their rows are as they were left. */
export const askUndoAll: Handler = (work) => askUndoOf(work, undefined);

async function askUndoOf(
  { session, flowId, show, notice }: Parameters<Handler>[0],
  flows: readonly string[] | undefined,
) {
  const receipt = await receiptToUndo(session, flowId);
  if (!receipt) return notice(messages.nothingToUndo, 'warn');
  const { plan, changed, failed, beyondWriter } = await draftUndo(writable(session), receipt, flows);
  show(
    plan
      ? await askToRun(session, flowId, { kind: 'undo', plan, receipt, changed, failed, beyondWriter })
      : { kind: 'hindered', flowId, action: 'undo', run: hindrance({ changed, failed }) },
  );
}

/** Why none of several flows can be taken back. */
export function hindrance({ changed, failed }: Pick<UndoDraft, 'changed' | 'failed'>): Run {
  if (failed.length === 0) return { kind: 'stale', drift: [...changed] };
  return { kind: 'not verified', changes: [], problems: failed.map(({ flowId, why }) => `${flowId}: ${why}`) };
}
