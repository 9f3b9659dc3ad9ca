import type { Link } from '../../diagnose/sections/links.ts';
import { shown } from '../shown.ts';
import { type Line, span } from '../tone.ts';
import { visible } from '../visible.ts';

/** Column by column: what it holds, and for many rows how many hold it. */
export function linkLines(links: readonly Link[]): Line[] {
  return links.map((link) => {
    const { table, column, meaning, right, empty, other } = link;
    const [glyph, tone] =
      other > 0 ? (['✖', 'bad'] as const) : empty > 0 ? (['○', 'note'] as const) : (['✔', 'good'] as const);
    const one = link.record !== 'rawRecords' && link.record !== 'mappingRows';
    const holds = one ? shown(link.value) : `${right} rows linked, ${empty} without, ${other} elsewhere`;
    return [
      span(`${glyph} `, tone),
      span(`${table}.${column} `.padEnd(46)),
      span(holds, tone === 'good' ? 'plain' : tone),
      span(`  ${visible(meaning)}`, 'dim'),
    ];
  });
}
