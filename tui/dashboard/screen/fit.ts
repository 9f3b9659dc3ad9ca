import stringWidth from 'string-width';
import { type Line, type Span, span, type Tone } from '../../../shared/index.ts';

const ELLIPSIS = '…';
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns that a line takes on the screen. */
export function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + stringWidth(text), 0);
}

/** The line cut to `width` columns, with an ellipsis where something was cut. */
export function fitted(line: Line, width: number): Line {
  if (widthOf(line) <= width) return line;
  const kept: Span[] = [];
  let left = Math.max(0, width - 1);
  for (const { text, tone } of line) {
    const head = headOf(text, left);
    kept.push({ text: head, tone });
    left -= stringWidth(head);
    if (head !== text) break;
  }
  return width <= 0 ? [] : [...kept, { text: ELLIPSIS, tone: kept.at(-1)?.tone ?? 'plain' }];
}

/** A text in a column of exactly `width`: cut or padded. */
export function cell(text: string, width: number, tone: Tone = 'plain', align: 'left' | 'right' = 'left'): Span {
  const cut = fitted([span(text)], width)
    .map((one) => one.text)
    .join('');
  const padding = ' '.repeat(Math.max(0, width - stringWidth(cut)));
  return span(align === 'left' ? cut + padding : padding + cut, tone);
}

/** Left and right with room between them; the left side gives way where both do not fit. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = width - widthOf(right) - 1;
  const start = fitted(left, Math.max(0, room));
  return [...start, span(' '.repeat(Math.max(1, width - widthOf(right) - widthOf(start)))), ...right];
}

/** The line broken into rows of at most `width` columns, at spaces where there are any; later rows are indented. */
export function wrap(line: Line, width: number, indent = 4): Line[] {
  const rows: Span[][] = [[]];
  let used = 0;
  for (const { text, tone } of line) {
    for (const word of text.match(/\s+|\S+/g) ?? []) {
      let rest = word;
      if (used + stringWidth(rest) > width && used > indent && stringWidth(rest) <= width - indent) {
        if (rows.at(-1)?.at(-1)?.text.trim() === '') rows.at(-1)?.pop();
        rows.push([span(' '.repeat(indent))]);
        used = indent;
        if (rest.trim() === '') continue;
      }
      while (used + stringWidth(rest) > width) {
        const head = headOf(rest, width - used);
        rows.at(-1)?.push({ text: head, tone });
        rest = rest.slice(head.length);
        rows.push([span(' '.repeat(indent))]);
        used = indent;
        if (head === '' && width - indent < 2) return rows;
      }
      rows.at(-1)?.push({ text: rest, tone });
      used += stringWidth(rest);
    }
  }
  return rows;
}

function headOf(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let head = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width) break;
    head += segment;
  }
  return head;
}
