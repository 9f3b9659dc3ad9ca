import { type Line, span } from './tone.ts';
import { unsaidMarks } from './unsaid.ts';
import { visible } from './visible.ts';

/** The head of an answer about an install of which nothing is judged; no lines where it is. */
export function notJudgedLines({ notJudged }: { readonly notJudged?: string | undefined }): Line[] {
  if (notJudged === undefined) return [];
  const { glyph, tone } = unsaidMarks['not judged'];
  return [[span(`${glyph} ${visible(notJudged, 1_000)}`, tone)], []];
}
