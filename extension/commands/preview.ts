import { plain, planRepair, preview, runText } from '../../shared/index.ts';
import { writeSession } from '../connection/write-session.ts';
import { readFlow } from '../documents/read-flow.ts';
import type { Face } from '../face.ts';
import { longWork } from '../say/long-work.ts';
import { fail, inform } from '../say/notify.ts';
import { flowOf } from '../target.ts';

/** Runs a flow's repair, rolls it back, and shows the rows before and after as a diff. Writes nothing. */
export async function previewCommand(face: Face, target?: unknown): Promise<void> {
  const typed = await flowOf(face, target);
  if (typed === undefined) return;
  const { facts, diagnosis } = await readFlow(face, typed);
  const session = await writeSession(face.connection, diagnosis.flowId);
  const plan = planRepair(session, facts);
  const run = await longWork('trying it out', session, (session) => preview(session, plan));
  if (run.kind !== 'ran') {
    void fail(`it would not hold. ${plain(runText(run))}`);
  } else if (run.changes.length === 0) {
    void inform('there is nothing to mend in this flow.');
  } else {
    await face.previews.showDiff(run.changes, `Repair of ${diagnosis.flowId.slice(0, 8)}: before and after`);
  }
}
