import * as vscode from 'vscode';
import {
  applyMany,
  failedFlowsText,
  type ManyOutcome,
  type ManyPreview,
  type ManyProgress,
  manyOutcomeText,
  manyProgressText,
  type Plan,
  plain,
  runId,
  type Steering,
  type WriteSession,
  whyBroken,
} from '../../shared/index.ts';
import { askToGoOn, askToMend } from '../ask/ask-to-mend.ts';
import type { Face } from '../face.ts';
import { type LongWork, longWork } from '../say/long-work.ts';
import { inform, warn } from '../say/notify.ts';

/**
 * Asks beside the plan that is shown, applies it batch by batch and says what came of it. What failed when it was tried out is no
 * part of the plan, and told with what fails now.
 */
export async function mendMany(face: Face, session: WriteSession, plan: Plan, trial: ManyPreview): Promise<void> {
  const mendable = trial.ran;
  const flows = `${mendable.toLocaleString('en-US')} ${mendable === 1 ? 'flow' : 'flows'}`;
  const agreed = await askToMend(session, plan, trial, `Mend ${flows}`);
  if (!agreed) return;
  try {
    const outcome = await longWork(`mending ${flows}`, session, (session, work) =>
      face.mending.during((steering) => {
        work.signal.addEventListener('abort', steering.stop);
        return applyMany(session, plan, {
          ...agreed,
          createJournal: true,
          between: (so) => between(so, steering, work),
        });
      }),
    );
    tell(face, { ...outcome, failed: [...trial.failed, ...outcome.failed] }, trial);
  } finally {
    face.documents.refreshAll();
    face.tree.refresh();
  }
}

/** Between two batches: says how far it is, asks after the first flows, pauses, and ends where that is wanted. */
async function between(so: ManyProgress, steering: Steering, { signal, report }: LongWork): Promise<'go on' | 'stop'> {
  if (steering.wish() === 'stop') return 'stop';
  const paused = steering.wish() === 'pause' ? 'paused  ' : '';
  report(so.total - so.left, so.total, `${paused}${manyProgressText(so, 0).trim()}`);
  // Who cancels does not have to answer as well.
  if (so.canary && !(await Promise.race([askToGoOn(so), cancelled(signal)]))) return 'stop';
  return steering.next();
}

function cancelled(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(false), { once: true }));
}

const SHOW_FAILED = 'Show the Failed';
const SHOW_ALL = 'Show the Result';
const TAKE_BACK = 'Take All of It Back';

/** The counts, and documents with the rest: every failed flow with its reason, in the form that `flowmend plan --from` reads. */
function tell(face: Face, outcome: ManyOutcome, trial: ManyPreview): void {
  const { planHash, failed, left, kind, asked, receipts } = outcome;
  const whole = failed.length === 0 && left === 0 && kind === 'done';
  const say = whole ? inform : warn;
  const buttons = [...(failed.length > 0 ? [SHOW_FAILED] : []), SHOW_ALL, ...(receipts.length > 0 ? [TAKE_BACK] : [])];
  void say(words(outcome), ...buttons).then((answer) => {
    if (answer === SHOW_FAILED)
      return face.previews.show(failedFlowsText(planHash, failed, asked), 'failed-flows.json');
    if (answer === TAKE_BACK) return vscode.commands.executeCommand('flowmend.undo', { planHash });
    if (answer === SHOW_ALL)
      return face.previews.show(
        `${plain([...manyOutcomeText(outcome, trial), ...whyBroken(outcome)])}\n`,
        'mended-flows.txt',
      );
  });
}

function words({ kind, why, failure, total, applied, failed, left, planHash, receipts }: ManyOutcome): string {
  if (kind === 'refused') return `refused: ${why ?? ''}; nothing was written.`;
  // What is cancelled is rolled back by the server: nothing of it is unknown.
  const cancelled = failure?.code === 'cancelled';
  const broken = kind === 'broken' && !cancelled;
  return [
    `${applied} of ${total} flows mended and verified`,
    ...(kind === 'stopped' ? [`stopped, because ${why ?? ''}`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed and left as found`] : []),
    ...(left > 0
      ? [`${left} ${broken ? 'not tried, or not known' : 'not written'}: the same command goes on with them`]
      : []),
    ...(receipts.length > 0 ? [`run ${runId(planHash)}`] : []),
    ...(cancelled ? ['you cancelled it'] : []),
    ...(broken ? [`it broke off: ${why ?? ''}`] : []),
  ].join('; ');
}
