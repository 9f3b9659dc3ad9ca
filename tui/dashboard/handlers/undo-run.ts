import { type Consent, draftRunUndo, openSteering, undoRun, writable } from '../../../shared/index.ts';
import type { Handler, Work } from '../loop/handler.ts';
import type { Question } from '../state/panel.ts';
import { messages } from '../words/messages.ts';
import { asksOf } from './ask-to-run.ts';
import { hindrance } from './undo.ts';

/** Tries out what taking a whole run back would do, and asks. */
export function askUndoRun(planHash: string): Handler {
  return async ({ session, signal, stage, show }) => {
    const draft = await draftRunUndo(writable(session), planHash, (done, all) => {
      signal.throwIfAborted();
      stage('reading', messages.many.tried(done, all));
    });
    if (draft.plan === undefined) return show({ kind: 'hindered', flowId: '', action: 'undo', run: hindrance(draft) });
    const { otherServer } = draft;
    const asks = await asksOf(session, draft.plan);
    show({ kind: 'question', flowId: '', question: { kind: 'undoRun', draft, ...asks, otherServer } });
  };
}

/** Takes it back receipt by receipt; keys end it between two of them. */
export async function undoRunNow(
  { session, stage, steered, show, wrote, refresh }: Work,
  { draft }: Extract<Question, { kind: 'undoRun' }>,
  consent: Consent,
): Promise<void> {
  const steering = openSteering(() => {});
  steered(steering);
  stage('writing');
  const outcome = await undoRun(writable(session), draft, {
    ...consent,
    createJournal: true,
    between({ total, left }) {
      stage('writing', messages.takenBackSoFar(total - left, total));
      return steering.next();
    },
  });
  for (const id of outcome.receipts) wrote({ what: 'taken back', id });
  stage('reading');
  const failed = [...draft.failed, ...outcome.failed];
  show({ kind: 'run taken back', flowId: '', outcome: { ...outcome, failed } });
  void refresh();
}
