import type { ScannedFlow } from '../../diagnose/scan/scan.ts';
import type { Severity } from '../../rules/finding/finding.ts';
import type { Tone } from '../../words/tone.ts';

export interface Mark {
  readonly glyph: string;
  readonly word: string;
  readonly tone: Tone;
}

export type Standing = Severity | 'healthy' | 'not judged';

/** Every severity by glyph, word and tone, so that none of the three carries the meaning alone. */
export const severityMarks: Record<Standing, Mark> = {
  error: { glyph: '✖', word: 'error', tone: 'bad' },
  warning: { glyph: '▲', word: 'warning', tone: 'warn' },
  info: { glyph: '○', word: 'info', tone: 'note' },
  healthy: { glyph: '●', word: 'healthy', tone: 'good' },
  'not judged': { glyph: '·', word: 'not judged', tone: 'dim' },
};

/** How a flow of a scan stands: by its worst finding. */
export function standingOf({ findings, notJudged }: Pick<ScannedFlow, 'findings' | 'notJudged'>): Standing {
  return notJudged ? 'not judged' : (findings[0]?.severity ?? 'healthy');
}
