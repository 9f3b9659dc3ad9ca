import {
  draftUndo,
  notJudged,
  notJudgedLines,
  otherServerOf,
  plain,
  type Receipt,
  receiptToUndo,
  runId,
  undoText,
} from '../../shared/index.ts';
import { writeSession } from '../connection/write-session.ts';
import { readFlow } from '../documents/read-flow.ts';
import type { Face } from '../face.ts';
import { undoRunOf } from '../mending/undo-run.ts';
import { writePlan } from '../mending/write-plan.ts';
import { longWork } from '../say/long-work.ts';
import { fail, inform } from '../say/notify.ts';
import { type PickRow, pick } from '../say/pick.ts';
import { flowOf } from '../target.ts';

/**
 * Takes back what was last done to a flow: alone, with all flows of its batch, or with all of its run. Preview and question
 * first. Given the plan of a run, all of that.
 */
export async function undoCommand(face: Face, target?: unknown): Promise<void> {
  if (isRun(target)) return undoRunOf(face, await writeSession(face.connection), target.planHash);
  const typed = await flowOf(face, target);
  if (typed === undefined) return;
  const { diagnosis } = await readFlow(face, typed);
  const { flowId } = diagnosis;
  const session = await writeSession(face.connection, flowId);
  const receipt = await longWork('reading the journal', session, (session) => receiptToUndo(session, flowId));
  if (!receipt) {
    void inform('no repair of this flow can be undone.');
    return;
  }
  const meant = await flowsMeant(receipt, flowId);
  if (!meant) return;
  if (meant.flows === 'run') return undoRunOf(face, session, receipt.planHash);
  const { flows } = meant;
  const draft = await longWork('planning the undo', session, (session) => draftUndo(session, receipt, flows));
  const words = plain([...notJudgedLines(notJudged(session)), ...undoText(receipt, draft)]);
  if (!draft.plan) {
    void fail(`nothing was written. ${words}`);
    return;
  }
  const count = draft.plan.flows.length;
  const of = count === 1 ? flowId.slice(0, 8) : `${count} flows`;
  const title = `Undo the ${receipt.kind === 'repair' ? 'repair' : 'undo'} of ${of}`;
  await writePlan(face, draft.plan, title, words, otherServerOf(session, receipt));
}

function isRun(target: unknown): target is { readonly planHash: string } {
  return typeof target === 'object' && target !== null && 'planHash' in target && typeof target.planHash === 'string';
}

interface Meant extends PickRow {
  /** Undefined: all of the batch. */
  readonly flows: readonly string[] | 'run' | undefined;
}

/** Of a receipt of many flows a person says whether all are meant. Undefined where they turn away. */
async function flowsMeant({ flows, id, kind, planHash }: Receipt, flowId: string): Promise<Meant | undefined> {
  const one = { label: `Only flow ${flowId.slice(0, 8)}`, flows: [flowId] };
  const [, ...others] = flows;
  if (others.length === 0) return one;
  const run = { label: 'All of its run', detail: `Every batch of run ${runId(planHash)}`, flows: 'run' } as const;
  return pick<Meant>(
    [
      { ...one, detail: `The other ${others.length} stay as they are` },
      { label: `All ${flows.length} flows of its batch`, detail: `Receipt ${id}`, flows: undefined },
      ...(kind === 'repair' ? [run] : []),
    ],
    { title: 'Flowmend: how much is taken back?' },
  );
}
