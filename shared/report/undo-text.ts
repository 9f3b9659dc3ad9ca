import type { UndoDraft } from '../repair/draft-undo.ts';
import type { Receipt } from '../repair/journal.ts';
import { counted, named, number, rest } from './counted.ts';
import { failures } from './failed-flows.ts';
import { driftText } from './plan-text.ts';
import { type Line, span } from './tone.ts';
import { visible } from './visible.ts';

/** What an undo is about to take back: how many flows of the receipt, which, and which are left since they changed. */
export function undoText(receipt: Receipt, { plan, changed, failed, beyondWriter = [] }: UndoDraft): Line[] {
  const flows = plan?.flows ?? [];
  const left = [...Map.groupBy(changed, ({ flowId }) => flowId)];
  const what = receipt.kind === 'repair' ? 'Takes back the repair of' : 'Mends again, as it was before the undo,';
  return [
    [
      span(`${what} ${ofAll(flows.length, receipt.flows.length)}`, 'title'),
      span(` of receipt ${visible(receipt.id)}, applied ${visible(receipt.appliedAt.slice(0, 19).replace('T', ' '))}`),
    ],
    ...named(flows).map((id): Line => [span(`  ${visible(id)}`)]),
    ...rest(flows.length, 'flows'),
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
    ...(beyondWriter.length === 0
      ? []
      : [
          [
            span(
              `left as it is, since whoever wrote the receipt may not update it: ${visible(beyondWriter.join(', '), 600)}`,
              'warn',
            ),
          ] as Line,
        ]),
  ];
}

function ofAll(flows: number, all: number): string {
  return flows === all ? counted(flows, 'flow') : `${number(flows)} of the ${counted(all, 'flow')}`;
}
