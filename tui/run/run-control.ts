import { openSteering, type Steering } from '../../shared/index.ts';
import { type EndSignal, exitCodeOfSignal, takeSignals } from './interrupt.ts';

/** Steers a run from outside: Ctrl-C or a signal ends it between two batches, p (or SIGUSR2) pauses it and lets it go on. */
export interface RunControl extends Pick<Steering, 'next'> {
  /** How far the run is, with what a person wants of it, or can. */
  line(far: string): string;
  /** Gives the keyboard back, for as long as something is asked; what ends the run takes the question back. */
  asking<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Which signal ended it. */
  endedBy(): EndSignal;
  close(): void;
}

const CTRL_C = '\u0003';

/** First what is wanted, where that is something else than to go on: the line may be cut at its end. */
const LINES = {
  stop: (far: string) => `ends after this batch; again Ctrl-C: at once, and this batch is rolled back   ${far}`,
  pause: (far: string) => `‖ paused after this batch: p goes on, Ctrl-C ends   ${far}`,
  'go on': (far: string) => `${far}   p pauses and goes on, Ctrl-C ends after a batch`,
} as const;

/**
 * Takes signals, and keys where a person sits at a terminal.
 * @param changed is told whenever something else is wanted
 */
export function openRunControl(interactive: boolean, changed: () => void): RunControl {
  const steering = openSteering(changed);
  const ended = new AbortController();
  let by: EndSignal = 'SIGINT';
  const stop = (signal: EndSignal = 'SIGINT') => {
    // A second Ctrl-C ends the program at once, as always: the running batch is rolled back then.
    if (steering.wish() === 'stop') process.exit(exitCodeOfSignal(signal));
    by = signal;
    steering.stop();
    ended.abort();
  };
  const press = (keys: Buffer) => {
    for (const key of String(keys)) {
      if (key === CTRL_C) stop();
      else if (key === 'p') steering.pause();
    }
  };
  const attachKeys = () => {
    if (!interactive) return;
    process.stdin.setRawMode(true).on('data', press).resume();
  };
  const detachKeys = () => {
    if (!interactive) return;
    process.stdin.off('data', press).setRawMode(false).pause();
  };
  const giveBack = takeSignals(stop);
  process.on('SIGUSR2', steering.pause);
  attachKeys();
  return {
    next: steering.next,
    endedBy: () => by,
    line: (far) => LINES[steering.wish()](far),
    async asking(question) {
      detachKeys();
      try {
        return await question(ended.signal);
      } finally {
        attachKeys();
      }
    },
    close() {
      detachKeys();
      giveBack();
      process.off('SIGUSR2', steering.pause);
    },
  };
}
