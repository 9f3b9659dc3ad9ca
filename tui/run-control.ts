import { openSteering, type Steering } from '../shared/index.ts';

/** Steers a run from outside: Ctrl-C ends it between two batches, p (or SIGUSR2) pauses it and lets it go on. */
export interface RunControl extends Pick<Steering, 'next'> {
  /** Gives the keyboard back, for as long as something is asked. */
  asking<T>(question: () => Promise<T>): Promise<T>;
  close(): void;
}

const CTRL_C = '\u0003';

const SAID = {
  stop: 'ends after this batch; again Ctrl-C: at once, and this batch is rolled back',
  pause: 'paused after this batch: p goes on',
  'go on': 'goes on',
} as const;

/**
 * Takes signals, and keys where a person sits at a terminal.
 * @param say is told of every change
 */
export function openRunControl(interactive: boolean, say: (text: string) => void): RunControl {
  const steering = openSteering(() => say(SAID[steering.wish()]));
  const stop = () => {
    // A second Ctrl-C ends the program at once, as always: the running batch is rolled back then.
    if (steering.wish() === 'stop') process.exit(130);
    steering.stop();
  };
  const press = (keys: Buffer) => {
    for (const key of String(keys)) {
      if (key === CTRL_C) stop();
      else if (key === 'p') steering.pause();
    }
  };
  const listen = () => {
    if (!interactive) return;
    process.stdin.setRawMode(true).on('data', press).resume();
  };
  const deaf = () => {
    if (!interactive) return;
    process.stdin.off('data', press).setRawMode(false).pause();
  };
  process.on('SIGINT', stop);
  process.on('SIGUSR2', steering.pause);
  listen();
  return {
    next: steering.next,
    async asking(question) {
      deaf();
      try {
        return await question();
      } finally {
        listen();
      }
    },
    close() {
      deaf();
      process.off('SIGINT', stop);
      process.off('SIGUSR2', steering.pause);
    },
  };
}
