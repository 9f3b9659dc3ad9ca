import {
  applyMany,
  type Consent,
  type ManyProgress,
  openSteering,
  runId,
  writable,
  writeFailedFlows,
} from '../../../shared/index.ts';
import type { Handler, Work } from '../loop/handler.ts';
import { type Ended, type ManyDraft, stillBroken } from '../state/many.ts';
import { messages } from '../words/messages.ts';

/**
 * Applies the plan that was agreed to batch by batch, steered by keys, asks after the first flows whether to go on, and shows
 * how it ended whatever ended it.
 */
export async function mendMany(work: Work, { plan, sums, trial, pace }: ManyDraft, consent: Consent): Promise<void> {
  const { session, stage, show, steered, wrote, refresh } = work;
  const total = sums.flows.length;
  let progress: ManyProgress | undefined;
  let asks = false;
  let pausing = false;
  const shown = () => {
    const wish = steering.wish();
    if (wish !== 'pause') asks = false;
    const paused = wish === 'pause' && pausing;
    show({ kind: 'mending', flowId: '', mending: { total, progress, wish, asks, paused } });
  };
  const steering = openSteering(shown);
  steered(steering);
  stage('writing');
  shown();
  const ended = await applyMany(writable(session), plan, {
    ...consent,
    ...pace,
    createJournal: true,
    async between(so) {
      progress = so;
      pausing = true;
      if (so.applied > 0) wrote({ what: 'mended', id: runId(plan.hash) });
      asks = so.canary;
      // It waits as if it were paused, until a key answers.
      if (asks && steering.wish() === 'go on') steering.pause();
      else shown();
      const next = await steering.next();
      pausing = false;
      if (next === 'go on') shown();
      return next;
    },
  });
  if (ended.receipts.length > 0) wrote({ what: 'mended', id: runId(plan.hash) });
  const failed = [...trial.failed, ...ended.failed];
  show({
    kind: 'many mended',
    flowId: '',
    ended: { ...ended, failed, broken: stillBroken(plan, failed), wayBack: trial },
  });
  void refresh();
}

/** Writes the flows that failed as a file into the current folder, for `flowmend plan --from`. */
export function saveFailed({ planHash, failed, asked }: Ended): Handler {
  return async ({ notice }) => {
    const file = `flowmend-${planHash.slice(0, 8)}.failed.json`;
    await writeFailedFlows(file, planHash, failed, asked);
    notice(messages.many.failedSaved(file), 'good');
  };
}
