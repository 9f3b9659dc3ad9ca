import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';
import { caveatMarks } from './caveats.ts';

/** The head of an answer about an install of which nothing is judged; no lines where it is. */
export function notJudgedLines({ notJudged }: { readonly notJudged?: string | undefined }): Line[] {
  if (notJudged === undefined) return [];
  const { glyph, tone } = caveatMarks['not judged'];
  return [[span(`${glyph} ${visible(notJudged, 1_000)}`, tone)], []];
}
