import type { Timeline } from '../../../diagnosis/sections/timeline.ts';
import { duration } from '../../../words/age.ts';
import { type Line, span } from '../../../words/tone.ts';
import { visible } from '../../../words/visible.ts';

/** The events a person reads; the whole list is in the JSON. */
const MAX_SHOWN = 30;

/** What happened, the oldest first, with the time since the event before. */
export function timelineLines({ events, leftOut }: Timeline): Line[] {
  const shown = events.slice(-MAX_SHOWN);
  const earlier = leftOut + events.length - shown.length;
  return [
    ...(earlier > 0 ? [[span(`… ${earlier} earlier`, 'dim')]] : []),
    ...shown.map(
      ({ at, afterMs, text, where }): Line => [
        span((at === null ? 'without a time' : `${at.slice(0, 19).replace('T', ' ')}Z`).padEnd(21)),
        span(afterMs === null || afterMs < 1_000 ? ' '.repeat(9) : `+${duration(afterMs)}`.padEnd(9), 'dim'),
        span(visible(text)),
        span(`  ${where}`, 'dim'),
      ],
    ),
  ];
}
