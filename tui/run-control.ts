/** How a person steers a long run: Ctrl-C ends it between two batches, p (or SIGUSR2) pauses it and lets it go on. */
export interface RunControl {
  /** Waits while the run is paused; then whether it goes on. */
  next(): Promise<'go on' | 'stop'>;
  /** Gives the keyboard back, for as long as something is asked. */
  asking<T>(question: () => Promise<T>): Promise<T>;
  close(): void;
}

const CTRL_C = '\u0003';

/**
 * Takes signals, and keys where a person sits at a terminal.
 * @param say is told of every change
 */
export function openRunControl(interactive: boolean, say: (text: string) => void): RunControl {
  let stopped = false;
  let paused = false;
  let wake = () => {};
  const stop = () => {
    // A second Ctrl-C ends the program at once, as always: the running batch is rolled back then.
    if (stopped) process.exit(130);
    stopped = true;
    say('ends after this batch; again Ctrl-C: at once, and this batch is rolled back');
    wake();
  };
  const pause = () => {
    paused = !paused;
    say(paused ? 'paused after this batch: p goes on' : 'goes on');
    wake();
  };
  const press = (keys: Buffer) => {
    for (const key of String(keys)) {
      if (key === CTRL_C) stop();
      else if (key === 'p') pause();
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
  process.on('SIGUSR2', pause);
  listen();
  return {
    async next() {
      while (paused && !stopped) {
        await new Promise<void>((resolve) => {
          // A promise alone would not keep the program alive.
          const alive = setInterval(() => {}, 60_000);
          wake = () => {
            clearInterval(alive);
            resolve();
          };
        });
      }
      return stopped ? 'stop' : 'go on';
    },
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
      process.off('SIGUSR2', pause);
    },
  };
}
