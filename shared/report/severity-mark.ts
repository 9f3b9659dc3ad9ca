import type { Severity } from '../diagnose/finding.ts';
import type { Tone } from './tone.ts';

export interface Mark {
  readonly glyph: string;
  readonly word: string;
  readonly tone: Tone;
}

/** Every severity by glyph, word and tone, so that none of the three carries the meaning alone. */
export const severityMarks: Record<Severity | 'healthy', Mark> = {
  error: { glyph: '✖', word: 'error', tone: 'bad' },
  warning: { glyph: '▲', word: 'warning', tone: 'warn' },
  info: { glyph: '○', word: 'info', tone: 'note' },
  healthy: { glyph: '●', word: 'healthy', tone: 'good' },
};
