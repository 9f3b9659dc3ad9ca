import {
  Failure,
  notJudged,
  notJudgedLines,
  type Session,
  type Sighting,
  sightingText,
  span,
  visible,
  type WatchOptions,
  watch,
} from '../../shared/index.ts';
import type { OptionValues } from '../command.ts';
import type { Output } from '../output.ts';
import { numberIn } from '../plan/option-values.ts';

export const TIMEOUT_OPTION = {
  flags: '-t, --timeout <seconds>',
  about: 'how long to wait for it to move (default 60)',
};

const EVERY_MS = 500;

/** The value of `--timeout` in milliseconds. */
export function timeoutOf({ timeout = '60' }: OptionValues): number {
  const seconds = numberIn(timeout);
  if (!(seconds > 0 && seconds <= 86_400)) {
    throw new Failure('usage', `--timeout takes seconds from 1 to 86400, not "${timeout}".`);
  }
  return seconds * 1_000;
}

/** Follows a flow, shows people every change and hands it to `see`, and returns the last look at it. */
export async function follow(
  output: Output,
  session: Session,
  options: Pick<WatchOptions, 'flowId' | 'timeoutMs' | 'fromPhase'>,
  see: (sighting: Sighting) => void = () => {},
): Promise<Sighting | null> {
  const unjudged = notJudged(session);
  let last: Sighting | null = null;
  if (unjudged.notJudged !== undefined) output.lines(notJudgedLines(unjudged));
  for await (const sighting of watch(session, { ...options, everyMs: EVERY_MS })) {
    output.lines([sightingText(sighting)]);
    see(sighting);
    last = sighting;
  }
  output.lines([
    last?.moved
      ? [span(`✔ it moved: now in ${visible(last.phase ?? 'no phase')}`, 'good')]
      : unjudged.notJudged !== undefined
        ? [span(`followed for ${options.timeoutMs / 1_000} s; whether it moved is not judged`)]
        : [span(`✖ it did not move within ${options.timeoutMs / 1_000} s`, 'bad')],
  ]);
  return last;
}
