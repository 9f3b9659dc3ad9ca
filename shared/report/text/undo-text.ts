import type { ManyOutcome } from '../../repair/apply/many-outcome.ts';
import { runId } from '../../repair/document/run-id.ts';
import type { Receipt } from '../../repair/journal/journal.ts';
import type { UndoDraft } from '../../repair/undo/draft-undo.ts';
import type { RunDraft } from '../../repair/undo/undo-run.ts';
import { counted, named, number, rest } from '../../words/counted.ts';
import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';
import { ways } from '../../words/ways.ts';
import { runEndText } from '../marks/run-end.ts';
import { failures } from './failed-flows.ts';
import { driftText } from './plan-text.ts';
import { notRestoredWords } from './way-back-text.ts';

/** What an undo is about to take back: how many flows of the receipt, which, and which are left since they changed. */
export function undoText(receipt: Receipt, draft: UndoDraft): Line[] {
  const { plan } = draft;
  const flows = plan?.flows ?? [];
  const what = receipt.kind === 'repair' ? 'Takes back the repair of' : 'Mends again, as it was before the undo,';
  return [
    [
      span(`${what} ${ofAll(flows.length, receipt.flows.length)}`, 'title'),
      span(` of receipt ${visible(receipt.id)}, applied ${visible(receipt.appliedAt.slice(0, 19).replace('T', ' '))}`),
    ],
    ...named(flows).map((id): Line => [span(`  ${visible(id)}`)]),
    ...rest(flows.length, 'flows'),
    ...remainderLines(draft),
  ];
}

/** What taking a whole run back is about to do: how many flows, and which are left since they changed or failed. */
export function runUndoText(draft: RunDraft): Line[] {
  const { planHash, parts, flows, standing, plan } = draft;
  return [
    [
      span(`Takes back ${ofAll(flows, standing)}`, 'title'),
      span(` of run ${visible(runId(planHash))}, ${counted(parts.length, 'receipt')}`),
      span(plan ? `, in ${visible(plan.database)}` : ''),
    ],
    ...remainderLines(draft),
  ];
}

/** What came of taking a run back. */
export function runUndoneText(outcome: ManyOutcome): Line[] {
  const { kind, failed, left, receipts, notRestored = [] } = outcome;
  if (kind === 'refused') return runEndText(outcome, 'undo');
  return [
    ...runEndText(outcome, 'undo'),
    ...(notRestored.length > 0
      ? [[span(`restored in part: all but ${notRestoredWords(notRestored)}`, 'warn')] as Line]
      : []),
    ...failures(failed),
    ...(left > 0 ? [[span(`${number(left)} not tried: the same undo goes on with them`, 'warn')] as Line] : []),
    ...named(receipts).map((id): Line => [span(`To mend a part again: ${ways().undo(visible(id))}`, 'dim')]),
    ...rest(receipts.length, `receipts: ${ways().journal}`),
  ];
}

/** What is not taken back, or not as it was. */
function remainderLines({
  beyondWriter,
  changed,
  failed,
  notRestored,
}: Pick<UndoDraft, 'changed' | 'failed' | 'notRestored' | 'beyondWriter'>): Line[] {
  const left = [...Map.groupBy(changed, ({ flowId }) => flowId)];
  return [
    ...(notRestored.length > 0 ? [[span(`Restores all but ${notRestoredWords(notRestored)}`, 'warn')] as Line] : []),
    ...(left.length === 0
      ? []
      : [[span(`${counted(left.length, 'flow')} left as found: rows changed since the receipt`, 'warn')] as Line]),
    ...named(left).flatMap(([flowId, drift]): Line[] => [
      [span(`  ✖ ${visible(flowId)}`, 'warn')],
      ...driftText(drift),
    ]),
    ...rest(left.length, 'flows that changed'),
    ...(failed.length === 0
      ? []
      : [[span(`${counted(failed.length, 'flow')} left as found: failed when tried out`, 'warn')] as Line]),
    ...failures(failed),
    ...beyondWriterText(beyondWriter),
  ];
}

/** The columns that an undo leaves since the writer of the receipt may not update them. */
export function beyondWriterText(columns: readonly string[]): Line[] {
  if (columns.length === 0) return [];
  const names = visible(columns.join(', '), 600);
  return [[span(`left as it is, since whoever wrote the receipt may not update it: ${names}`, 'warn')]];
}

function ofAll(flows: number, all: number): string {
  return flows === all ? counted(flows, 'flow') : `${number(flows)} of the ${counted(all, 'flow')}`;
}
