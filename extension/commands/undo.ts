import { draftUndo, plain, type Receipt, receiptToUndo, undoText } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { fail, inform } from '../say/notify.ts';
import { pick } from '../say/pick.ts';
import { flowOf } from '../target.ts';
import { writePlan } from '../write-plan.ts';
import { writeSession } from '../write-session.ts';

/** Takes back what was last done to a flow, alone or with all flows of its batch. Preview and question first. */
export async function undoCommand(face: Face, target?: unknown): Promise<void> {
  const typed = await flowOf(face, target);
  if (typed === undefined) return;
  const { diagnosis } = await face.documents.diagnosed(typed);
  const { flowId } = diagnosis;
  const session = await writeSession(face.connection, flowId);
  const receipt = await receiptToUndo(session, flowId);
  if (!receipt) {
    void inform('no repair of this flow can be undone.');
    return;
  }
  const meant = await flowsMeant(receipt, flowId);
  if (!meant) return;
  const draft = await draftUndo(session, receipt, meant.flows);
  const words = plain(undoText(receipt, draft));
  if (!draft.plan) {
    void fail(`nothing was written. ${words}`);
    return;
  }
  const count = draft.plan.flows.length;
  const of = count === 1 ? flowId.slice(0, 8) : `${count} flows`;
  await writePlan(face, draft.plan, `Undo the ${receipt.kind === 'repair' ? 'repair' : 'undo'} of ${of}`, words);
}

/** Of a receipt of many flows a person says whether all are meant. Undefined where they turn away. */
async function flowsMeant(
  { flows, id }: Receipt,
  flowId: string,
): Promise<{ readonly flows: readonly string[] | undefined } | undefined> {
  const [, ...others] = flows;
  if (others.length === 0) return { flows: [flowId] };
  return pick(
    [
      {
        label: `Only flow ${flowId.slice(0, 8)}`,
        detail: `The other ${others.length} stay as they are`,
        flows: [flowId],
      },
      { label: `All ${flows.length} flows of its batch`, detail: `Receipt ${id}`, flows: undefined },
    ],
    { title: 'Flowmend: how much is taken back?' },
  );
}
