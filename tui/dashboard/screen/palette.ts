import type { TextProps } from 'ink';
import type { Tone } from '../../../shared/index.ts';

type Look = Pick<TextProps, 'color' | 'bold' | 'dimColor'>;

const LOOKS: Record<Tone, Look> = {
  plain: {},
  title: { bold: true },
  dim: { dimColor: true },
  good: { color: 'green' },
  bad: { color: 'red' },
  warn: { color: 'yellow' },
  note: { color: 'cyan' },
};

// https://no-color.org: any value that is not empty. Ink's own colours do not look at it.
const colourless = (process.env.NO_COLOR ?? '') !== '';

/** How a tone looks on this terminal. */
export function lookOf(tone: Tone): Look {
  const { color, ...look } = LOOKS[tone];
  return colourless || color === undefined ? look : { ...look, color };
}
