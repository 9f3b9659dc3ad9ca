/** How a person steers a long run: what they want is asked between two batches. */
export interface Steering {
  /** What is wanted now. */
  wish(): 'go on' | 'pause' | 'stop';
  /** Pauses; again: goes on. */
  pause(): void;
  stop(): void;
  /** Waits while the run is paused; then whether it goes on. */
  next(): Promise<'go on' | 'stop'>;
}

/** @param changed is told whenever something else is wanted */
export function openSteering(changed: () => void): Steering {
  let wish: ReturnType<Steering['wish']> = 'go on';
  let wake = () => {};
  const want = (now: typeof wish) => {
    wish = now;
    changed();
    wake();
  };
  return {
    wish: () => wish,
    pause() {
      if (wish !== 'stop') want(wish === 'pause' ? 'go on' : 'pause');
    },
    stop: () => want('stop'),
    async next() {
      while (wish === 'pause') {
        await new Promise<void>((resolve) => {
          // A pending promise does not keep Node's event loop alive; this timer does.
          const alive = setInterval(() => {}, 60_000);
          wake = () => {
            clearInterval(alive);
            resolve();
          };
        });
      }
      return wish === 'stop' ? 'stop' : 'go on';
    },
  };
}
