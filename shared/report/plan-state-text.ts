import type { PlanState } from '../repair/plan-state.ts';
import { driftText } from './plan-text.ts';
import { type Line, span } from './tone.ts';
import { visible } from './visible.ts';

/** What a saved plan is good for now, in words. */
export function planStateText(state: PlanState): Line[] {
  switch (state.kind) {
    case 'fresh':
      return [[span('✔ it can be applied', 'good'), span(` until ${state.until}: nothing it rests on has changed`)]];
    case 'used':
      return [
        [
          span('● used', 'note'),
          span(`: applied ${visible(state.receipt.appliedAt)}, receipt ${visible(state.receipt.id)}`),
        ],
      ];
    case 'expired':
      return [[span('▲ expired', 'warn'), span(`: it was valid until ${state.since}; make a new one`)]];
    case 'stale':
      return [
        [span('▲ stale', 'warn'), span(': rows changed since it was made; make a new one')],
        ...driftText(state.drift),
      ];
    case 'forged':
      return [[span('✖ refused', 'bad'), span(`: Flowmend did not make it: ${visible(state.why)}`)]];
    case 'elsewhere':
      return [[span('▲ of another database', 'warn'), span(`: it was made for ${visible(state.database)}`)]];
  }
}
