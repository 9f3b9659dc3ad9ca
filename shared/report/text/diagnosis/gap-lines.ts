import type { Gap } from '../../../diagnosis/sections/gaps.ts';
import { type Line, span } from '../../../words/tone.ts';
import { visible } from '../../../words/visible.ts';

const MARKS = { missing: ['○ missing       ', 'note'], contradiction: ['≠ contradiction ', 'warn'] } as const;

/** The gaps that no finding tells, with where they are; the others are only counted, since they stand above. */
export function gapLines(gaps: readonly Gap[]): Line[] {
  const own = gaps.filter(({ rule }) => rule === null);
  const told = gaps.length - own.length;
  return [
    ...own.map(({ kind, what, where }): Line => {
      const [words, tone] = MARKS[kind];
      return [span(words, tone), span(visible(what)), span(`  ${visible(where)}`, 'dim')];
    }),
    ...(told === 0 ? [] : [[span(`and ${told} that ${told === 1 ? 'is a finding' : 'are findings'}, above`, 'dim')]]),
  ];
}
