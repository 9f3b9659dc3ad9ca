import { linkFree } from '../../words/link-free.ts';
import { type Line, plain } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';
import { type Caveat, caveatMarks } from '../marks/caveats.ts';

/** Of one item of a list: sentences and requests, which are not cut in the middle. */
const MAX_WORDS = 4_000;

/** A table whose cells are text and nothing else, each cut where it is longer than this. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], maxCell?: number): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => escaped(cell, maxCell)).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)];
}

/** The lines of a text as a list; what is indented there is a list inside of it. */
export function listed(lines: readonly Line[]): string[] {
  return lines.map((line) => `${plain([line]).startsWith(' ') ? '  ' : ''}- ${item(line)}`);
}

/** The first line with the others as a list inside of it. */
export function listedUnder([head = [], ...lines]: readonly Line[]): string[] {
  return [`- ${item(head)}`, ...lines.map((line) => `  - ${item(line)}`)];
}

function item(line: Line): string {
  const text = plain([line]).trim().replaceAll(/ {2,}/g, ' ');
  // A sign at the beginning would begin another list.
  return escaped(text, MAX_WORDS).replace(/^[-+]/, '\\$&');
}

/** The head of an answer about an install of which nothing is judged; no lines where it is. */
export function notJudgedQuote({ notJudged }: { readonly notJudged?: string | undefined }): string[] {
  return notJudged === undefined ? [] : [`> ${caveatMarks['not judged'].glyph} ${escaped(notJudged, MAX_WORDS)}`, ''];
}

/** What an answer does not say, worst first. */
export function caveatList(caveats: readonly Caveat[]): string[] {
  return caveats.map(({ what, text }) => `- ${caveatMarks[what].glyph} ${escaped(text, MAX_WORDS)}`);
}

/** Text that Markdown and the HTML inside it take as text: no link, no picture, no element. */
export function escaped(text: string, most?: number): string {
  return linkFree(visible(text, most)).replaceAll(/[\\`*_{}[\]<>#|!~&$]/g, (character) =>
    character === '<' ? '&lt;' : character === '>' ? '&gt;' : character === '&' ? '&amp;' : `\\${character}`,
  );
}
