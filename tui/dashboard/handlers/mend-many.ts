import {
  applyMany,
  asFailure,
  type Consent,
  type ManyProgress,
  openSteering,
  writable,
  writeFailedFlows,
} from '../../../shared/index.ts';
import type { Handler, Work } from '../handler.ts';
import type { Ended, ManyDraft } from '../many.ts';
import { messages } from '../messages.ts';

/**
 * Applies the plan that was agreed to batch by batch, steered by keys, asks after the first flows whether to go on, and shows
 * how it ended whatever ended it.
 */
export async function mendMany(work: Work, { plan, sums, trial, pace }: ManyDraft, consent: Consent): Promise<void> {
  const { session, stage, show, steered, refresh } = work;
  const total = sums.flows.length;
  let progress: ManyProgress | undefined;
  let asks = false;
  const shown = () => {
    const wish = steering.wish();
    if (wish !== 'pause') asks = false;
    show({ kind: 'mending', flowId: '', mending: { total, progress, wish, asks } });
  };
  const steering = openSteering(shown);
  steered(steering);
  stage('writing');
  shown();
  const ended = await applyMany(writable(session), plan, {
    ...consent,
    ...pace,
    createJournal: true,
    between(so) {
      progress = so;
      asks = so.canary;
      // It waits as if it were paused, until a key answers.
      if (asks && steering.wish() === 'go on') steering.pause();
      else shown();
      return steering.next();
    },
  }).catch((thrown: unknown): Ended => {
    const { message, next } = asFailure(thrown);
    const far = progress ?? { total, applied: 0, before: 0, failed: [], left: total };
    return { ...far, kind: 'broken', why: `${message} ${next}`.trim(), planHash: plan.hash, receipts: [] };
  });
  show({
    kind: 'many mended',
    flowId: '',
    ended: { ...ended, failed: [...trial.failed, ...ended.failed], wayBack: trial },
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
