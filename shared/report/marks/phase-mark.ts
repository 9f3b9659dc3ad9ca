import type { PhaseStanding, PhaseState } from '../../diagnosis/sections/phases.ts';
import type { Mark } from './severity-mark.ts';

/** How far a phase is, or that the flow works on it: by glyph, word and tone, so that none carries the meaning alone. */
export const phaseMarks: Record<PhaseState | 'current', Mark> = {
  COMPLETE: { glyph: '✔', word: 'complete', tone: 'good' },
  COMPLETE_APPROVED: { glyph: '✔', word: 'complete, approved', tone: 'good' },
  PARTIAL_APPROVED: { glyph: '◐', word: 'partly approved', tone: 'warn' },
  COMPLETE_UNAPPROVED: { glyph: '⏸', word: 'waiting for approval', tone: 'warn' },
  GENERATED_NOT_SAVED: { glyph: '◇', word: 'generated, not saved', tone: 'warn' },
  READY_TO_START: { glyph: '▷', word: 'ready to start', tone: 'note' },
  BLOCKED: { glyph: '✖', word: 'blocked', tone: 'bad' },
  NOT_STARTED: { glyph: '·', word: 'not started', tone: 'dim' },
  current: { glyph: '▶', word: 'current', tone: 'note' },
};

/** The mark of a phase: one that could start and in which the flow stands already is the current one. */
export function phaseMarkName({ state, current }: Pick<PhaseStanding, 'state' | 'current'>): keyof typeof phaseMarks {
  return current && state === 'READY_TO_START' ? 'current' : state;
}
