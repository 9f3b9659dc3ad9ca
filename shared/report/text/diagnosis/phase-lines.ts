import type { PhaseStanding } from '../../../diagnosis/sections/phases.ts';
import { type Line, span } from '../../../words/tone.ts';
import { visible } from '../../../words/visible.ts';
import { phaseMarkName, phaseMarks } from '../../marks/phase-mark.ts';

/** A phase: how far it is, and why that is said. */
export function phaseLines(standing: PhaseStanding): Line {
  const { glyph, word, tone } = phaseMarks[phaseMarkName(standing)];
  return [
    span(`${glyph} `, tone),
    span(`${standing.phase} `.padEnd(22)),
    span(word.padEnd(22), tone),
    span(visible(standing.why), 'dim'),
  ];
}
