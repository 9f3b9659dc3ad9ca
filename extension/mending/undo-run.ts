import {
  draftRunUndo,
  journalNotice,
  journalPlace,
  plain,
  runId,
  runUndoneText,
  runUndoText,
  undoRun,
  type WriteSession,
} from '../../shared/index.ts';
import { askConsent, copyIsMeant } from '../ask/consent.ts';
import type { Face } from '../face.ts';
import { longWork } from '../say/long-work.ts';
import { fail } from '../say/notify.ts';

/** Takes back all that one plan wrote: tried out and shown first, then asked, then receipt by receipt. */
export async function undoRunOf(face: Face, session: WriteSession, planHash: string): Promise<void> {
  const draft = await longWork('trying the undo out', session, (session, { report }) =>
    draftRunUndo(session, planHash, (tried, all) => report(tried, all, `${tried} of ${all} flows, rolled back`)),
  );
  const { plan, flows, otherServer, failed } = draft;
  await face.previews.show(`${plain(runUndoText(draft))}\n`, `undo-of-run-${runId(planHash)}.txt`);
  if (!plan) {
    void fail('nothing was written: none of these flows can be taken back now.');
    return;
  }
  const journal = journalNotice(await journalPlace(session, plan));
  const does = `Writes to ${session.settings.database.label}, receipt by receipt, as the document beside says. ${journal}`;
  const consent = await askConsent(
    session,
    'Take Back',
    `Take back ${flows} flows of run ${runId(planHash)}`,
    does.trim(),
  );
  if (!consent) return;
  if (otherServer !== undefined && !(await copyIsMeant(otherServer))) return;
  try {
    const outcome = await longWork(`taking back ${flows} flows`, session, (session, { signal, report }) =>
      undoRun(session, draft, {
        ...consent,
        server: otherServer,
        createJournal: true,
        async between({ total, left }) {
          if (signal.aborted) return 'stop';
          report(total - left, total, `${total - left} of ${total} flows`);
          return 'go on';
        },
      }),
    );
    const text = runUndoneText({ ...outcome, failed: [...failed, ...outcome.failed] });
    await face.previews.show(`${plain(text)}\n`, `run-${runId(planHash)}-taken-back.txt`);
  } finally {
    face.documents.refreshAll();
    face.tree.refresh();
  }
}
