import type { Link } from '../../../diagnosis/sections/links.ts';
import { type Line, span, type Tone } from '../../../words/tone.ts';
import { visible } from '../../../words/visible.ts';
import { shown } from '../../marks/shown.ts';

/** Column by column: what it holds, and for many rows how many hold it. */
export function linkLines(links: readonly Link[]): Line[] {
  return links.map((link) => {
    const { table, column, meaning } = link;
    const { glyph, tone } = linkMark(link);
    return [
      span(`${glyph} `, tone),
      span(`${table}.${column} `.padEnd(46)),
      span(held(link), tone === 'good' ? 'plain' : tone),
      span(`  ${visible(meaning)}`, 'dim'),
    ];
  });
}

/** Whether the right id is there, in every row; nothing where no row was judged. */
export function linkMark({ right, empty, other }: Link): { readonly glyph: string; readonly tone: Tone } {
  if (right + empty + other === 0) return { glyph: '·', tone: 'plain' };
  if (other > 0) return { glyph: '✖', tone: 'bad' };
  return empty > 0 ? { glyph: '○', tone: 'note' } : { glyph: '✔', tone: 'good' };
}

/** What a link's column holds: the value of the one row, or how many rows hold what. */
export function held({ record, value, right, empty, other }: Link): string {
  const many = record === 'rawRecords' || record === 'mappingRows';
  return many ? `${right} rows linked, ${empty} without, ${other} elsewhere` : shown(value);
}
