import type { PlanState } from '../../repair/check/plan-state.ts';
import { counted, number } from '../../words/counted.ts';
import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';
import { driftText, notesText } from './plan-text.ts';

type Begun = Extract<PlanState, { kind: 'begun' }>;

function begunText({ total, applied, takenBack, left, drift, until, expired }: Begun): Line[] {
  const changed = new Set(drift.map(({ flowId }) => flowId)).size;
  const next = expired
    ? `it was valid until ${until}; make a new one of them: flowmend plan --from <this file>`
    : `applied again until ${until}, it goes on with them`;
  return [
    [
      span('▲ begun', 'warn'),
      span(`: ${number(applied)} of ${counted(total, 'flow')} applied`),
      span(takenBack > 0 ? `, ${number(takenBack)} taken back since` : ''),
      span(`; ${number(left)} left: ${next}`),
    ],
    ...(changed > 0
      ? [[span(`  rows of ${counted(changed, 'flow')} of those changed since it was made`, 'warn')] as Line]
      : []),
  ];
}

/** What a saved plan is good for now, in words. */
export function planStateText(state: PlanState): Line[] {
  switch (state.kind) {
    case 'fresh':
      return [
        [span('✔ it can be applied', 'good'), span(` until ${state.until}: nothing it rests on has changed`)],
        ...notesText(state.notes),
      ];
    case 'used':
      return [
        [
          span('● used', 'note'),
          span(`: applied ${visible(state.receipt.appliedAt)}, receipt ${visible(state.receipt.id)}`),
        ],
      ];
    case 'taken back':
      return [
        [
          span('▲ taken back', 'warn'),
          span(`: applied ${visible(state.receipt.appliedAt)} and taken back since; make a new one`),
        ],
      ];
    case 'begun':
      return begunText(state);
    case 'unchecked':
      return [[span('▲ not checked', 'warn'), span(`: ${visible(state.why, 600)}`)]];
    case 'expired':
      return [[span('▲ expired', 'warn'), span(`: it was valid until ${state.since}; make a new one`)]];
    case 'stale':
      return [
        [
          span('▲ stale', 'warn'),
          span(`: ${visible(state.why ?? 'rows changed since it was made; make a new one', 600)}`),
        ],
        ...driftText(state.drift),
      ];
    case 'forged':
      return [[span('✖ refused', 'bad'), span(`: ${visible(state.why, 600)}`)]];
    case 'elsewhere':
      return [[span('▲ of another database', 'warn'), span(`: ${visible(state.why, 600)}`)]];
  }
}
