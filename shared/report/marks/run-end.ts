import type { ManyOutcome } from '../../repair/apply/many-outcome.ts';
import { counted, number } from '../../words/counted.ts';
import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';

/** What a run did to its flows, and by whom some were so before it. */
const WORDS = {
  repair: { done: 'mended and verified', before: 'by an earlier run of this plan' },
  undo: { done: 'taken back', before: 'by somebody else meanwhile' },
} as const;

const ENDINGS: Record<Exclude<ManyOutcome['kind'], 'done' | 'refused'>, (why: string) => string> = {
  stopped: (why) => `It stopped: ${why.replace(/\.$/, '')}.`,
  interrupted: () => 'It ended between two batches, as asked.',
  broken: (why) => `It broke off: ${why}`,
};

const MAX_OF_WHY = 600;

type Outcome = Omit<ManyOutcome, 'failed'> & { readonly failed: readonly unknown[] };

/** How a run over many flows ended: of how many what is done, and why no more. What is to be done then follows it. */
export function runEndText(
  { kind, why, total, applied, before, failed, left, notRestored = [] }: Outcome,
  run: keyof typeof WORDS,
): Line[] {
  const words = visible(why ?? '', MAX_OF_WHY);
  if (kind === 'refused') return [[span(`✖ refused: ${words}; nothing was written`, 'bad')]];
  const whole = failed.length + left + notRestored.length === 0;
  return [
    [
      span(
        `${whole ? '✔' : '▲'} ${number(applied)} of ${counted(total, 'flow')} ${WORDS[run].done}`,
        whole ? 'good' : 'warn',
      ),
      span(before > 0 ? `, ${number(before)} ${WORDS[run].before}` : ''),
    ],
    ...(kind === 'done' ? [] : [[span(ENDINGS[kind](words), kind === 'broken' ? 'bad' : 'warn')] as Line]),
  ];
}
