import type { Diagnosis } from '../../../diagnosis/diagnosis.ts';
import type { RecordState } from '../../../diagnosis/sections/records.ts';
import { age } from '../../../words/age.ts';
import { type Line, type Span, span } from '../../../words/tone.ts';
import { visible } from '../../../words/visible.ts';
import { shouldBe, shown } from '../../marks/shown.ts';

/** Of an import it is only known that the flow has none: the one that it names may be there, and linked elsewhere. */
export function absent({ record }: RecordState): string {
  return record === 'import' ? 'none is linked to the flow' : 'not found';
}

/** A record, its values a line each; what is wrong beside what it should be. */
export function recordLines(record: RecordState): Line[] {
  const head: Span[] = [span(record.record.padEnd(8), 'title'), span(`${record.table} (${record.role})`)];
  if (!record.found) return [[...head, span(`  ${absent(record)}`, 'bad')]];
  const updated = record.updatedAt === null ? '' : `  updated ${record.updatedAt}, ${age(record.updatedAt)} ago`;
  return [
    [...head, span(updated, 'dim')],
    ...Object.entries(record.values).map(([column, value]): Line => {
      const wrong = column in record.shouldBe;
      return [
        span(`${wrong ? '✖' : ' '} ${column.padEnd(30)} `, wrong ? 'bad' : 'plain'),
        span(shown(value), wrong ? 'bad' : 'plain'),
        ...shouldBe(record.shouldBe[column] ?? null),
      ];
    }),
  ];
}

const PERSISTED_MARKS = { yes: ['✔', 'good'], no: ['✖', 'bad'], unlinked: ['?', 'warn'] } as const;

/** What of the flow's data is stored. */
export function persistedLines({ persisted }: Diagnosis): Line[] {
  return persisted.map(({ what, state, detail }) => {
    const [glyph, tone] = PERSISTED_MARKS[state];
    return [span(`${glyph} `, tone), span(what.padEnd(15)), span(visible(detail), 'dim')];
  });
}
