import * as vscode from 'vscode';
import {
  applyMany,
  CANARY,
  failedFlowsText,
  journalNotice,
  journalPlace,
  type ManyOutcome,
  type ManyPreview,
  manyOutcomeText,
  manyProgressText,
  type Plan,
  plain,
  visible,
  type WriteSession,
  whyBroken,
} from '../shared/index.ts';
import { askConsent } from './consent.ts';
import type { Face } from './face.ts';
import { longWork } from './long-work.ts';

/**
 * Asks beside the plan that is shown, applies it batch by batch and says what came of it. What failed when it was tried out is no
 * part of the plan, and told with what fails now.
 */
export async function mendMany(face: Face, session: WriteSession, plan: Plan, trial: ManyPreview): Promise<void> {
  const { label } = session.settings.database;
  const mendable = trial.ran;
  const flows = `${mendable.toLocaleString('en-US')} ${mendable === 1 ? 'flow' : 'flows'}`;
  const first = mendable > CANARY ? `, ${CANARY} flows first` : '';
  const does = `Writes to ${label} batch by batch${first}; each batch is one transaction that can be undone.`;
  const detail = [does, journalNotice(await journalPlace(session, plan))].filter(Boolean).join(' ');
  const consent = await askConsent(session, 'Apply', `Mend ${flows}`, detail);
  if (!consent) return;
  try {
    const outcome = await longWork(`mending ${flows}`, ({ signal, far }) =>
      applyMany(session, plan, {
        ...consent,
        createJournal: true,
        canary: CANARY,
        async between(so) {
          // Cancelled: it ends here, between two batches.
          if (signal.aborted) return 'stop';
          far(so.total - so.left, so.total, manyProgressText(so, 0).trim());
          return 'go on';
        },
      }),
    );
    if (outcome) tell(face, { ...outcome, failed: [...trial.failed, ...outcome.failed] });
  } finally {
    face.documents.refreshAll();
    face.tree.refresh();
  }
}

const SHOW_FAILED = 'Show the Failed';
const SHOW_ALL = 'Show the Result';

/** The counts, and documents with the rest: every failed flow with its reason, in the form that `flowmend plan --from` reads. */
function tell(face: Face, outcome: ManyOutcome): void {
  const { planHash, failed, left, kind, asked } = outcome;
  const whole = failed.length === 0 && left === 0 && kind === 'done';
  const say = whole ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const buttons = [...(failed.length > 0 ? [SHOW_FAILED] : []), SHOW_ALL];
  void say(`Flowmend: ${words(outcome)}`, ...buttons).then((answer) => {
    if (answer === SHOW_FAILED)
      return face.previews.show(failedFlowsText(planHash, failed, asked), 'failed-flows.json');
    if (answer === SHOW_ALL)
      return face.previews.show(`${plain([...manyOutcomeText(outcome), ...whyBroken(outcome)])}\n`, 'mended-flows.txt');
  });
}

function words({ kind, why, total, applied, failed, left }: ManyOutcome): string {
  if (kind === 'refused') return `refused: ${visible(why ?? '')}; nothing was written.`;
  return [
    `${applied} of ${total} flows mended and verified`,
    ...(kind === 'stopped' ? [`stopped, because ${visible(why ?? '')}`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed and left as found`] : []),
    ...(left > 0
      ? [`${left} ${kind === 'broken' ? 'not tried, or not known' : 'not tried'}: the same command goes on with them`]
      : []),
    ...(kind === 'broken' ? [`it broke off: ${visible(why ?? '', 600)}`] : []),
  ].join('; ');
}
