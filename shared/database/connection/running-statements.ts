import { Failure } from '../../failure.ts';

/** A statement, or a transaction, that the server has not answered yet. */
export interface Running {
  /** Since when, in milliseconds. */
  readonly since: number;
  /** Aborted when whoever asked no longer wants it, or all is closed. */
  readonly signal: AbortSignal;
  /** The server process that does it, once it said so: behind a pooler the driver does not know it. */
  pid?: number | undefined;
}

/** What one side of a session has the server do at the moment. */
export interface RunningStatements {
  /** One more, until the signal aborts, all are ended, or `over` is called. */
  begin(signal: AbortSignal | undefined): { readonly running: Running; over(): void };
  /** Runs `work` as one of them. */
  during<T>(signal: AbortSignal | undefined, work: (running: Running) => Promise<T>): Promise<T>;
  /** The one that runs the longest. */
  oldest(): Running | undefined;
  /** Ends all of them, and those that begin later. Resolves when none runs any more. */
  endAll(): Promise<void>;
}

export function runningStatements(): RunningStatements {
  const all = new Map<Running, AbortController>();
  let ended = false;
  let allOver = () => {};
  const begin: RunningStatements['begin'] = (signal) => {
    const controller = new AbortController();
    const abort = () => controller.abort(signal?.reason);
    const running: Running = { since: Date.now(), signal: controller.signal };
    all.set(running, controller);
    signal?.addEventListener('abort', abort, { once: true });
    if (ended || signal?.aborted) abort();
    return {
      running,
      over() {
        all.delete(running);
        signal?.removeEventListener('abort', abort);
        if (all.size === 0) allOver();
      },
    };
  };
  return {
    begin,
    async during(signal, work) {
      const { running, over } = begin(signal);
      try {
        return await work(running);
      } finally {
        over();
      }
    },
    oldest: () => all.keys().next().value,
    endAll() {
      ended = true;
      for (const controller of all.values()) controller.abort();
      return new Promise((resolve) => {
        allOver = resolve;
        if (all.size === 0) resolve();
      });
    },
  };
}

/** How something ends that was ended: as who ended it says, where they do. */
export function endedBy({ reason }: AbortSignal): Failure {
  return reason instanceof Failure
    ? reason
    : new Failure('cancelled', 'It was ended, and with it the statement on the server. Nothing was written.');
}
