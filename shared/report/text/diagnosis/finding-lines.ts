import type { Finding } from '../../../rules/finding/finding.ts';
import { type Line, span } from '../../../words/tone.ts';
import { visible } from '../../../words/visible.ts';
import { severityMarks } from '../../marks/severity-mark.ts';
import { shouldBe, shown } from '../../marks/shown.ts';

/** A finding with its evidence, a line each. */
export function findingLines(finding: Finding): Line[] {
  const mark = severityMarks[finding.severity];
  return [
    [
      span(`${mark.glyph} ${mark.word.padEnd(7)} `, mark.tone),
      span(visible(finding.message)),
      span(`  [${finding.rule}]`, 'dim'),
    ],
    ...finding.evidence.map(
      (one): Line => [
        span(`            ${one.table}.${one.column}: `, 'dim'),
        span(shown(one.found), 'bad'),
        ...shouldBe(one.expected),
        span(`  because ${visible(one.why)}`, 'dim'),
      ],
    ),
  ];
}
