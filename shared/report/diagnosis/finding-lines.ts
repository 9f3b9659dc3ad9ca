import type { Finding } from '../../diagnose/finding.ts';
import { severityMarks } from '../severity-mark.ts';
import { shouldBe, shown } from '../shown.ts';
import { type Line, span } from '../tone.ts';
import { visible } from '../visible.ts';

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
