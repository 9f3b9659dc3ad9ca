import { endedBy } from './running-statements.ts';

/** A cancel that arrives before its statement has begun ends nothing. */
const CANCEL_AGAIN_MS = 1_000;

/** Ends on the server what a connection does when the signal aborts, until this is closed. */
export interface Ending {
  /** True once the server was asked: a cancel can arrive late, and must not meet the next statement of the connection. */
  asked(): boolean;
  /** Resolves when the last request was brought. */
  close(): Promise<void>;
}

export function endOnAbort(signal: AbortSignal, cancel: () => Promise<void>): Ending {
  let cancelling: Promise<void> | undefined;
  let again: NodeJS.Timeout | undefined;
  const ask = () => {
    cancelling = cancel();
  };
  const abort = () => {
    ask();
    again = setInterval(ask, CANCEL_AGAIN_MS);
  };
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return {
    asked: () => cancelling !== undefined,
    async close() {
      signal.removeEventListener('abort', abort);
      clearInterval(again);
      await cancelling;
    },
  };
}

/**
 * What is waited for, unless the signal aborts first.
 * @param late gets what comes after that
 * @throws Failure `cancelled`
 */
export function unlessAborted<T>(
  signal: AbortSignal,
  awaited: Promise<T>,
  { graceMs = 0, late }: { readonly graceMs?: number; late(value: T): void },
): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let over = false;
    const give = () => {
      over = true;
      reject(endedBy(signal));
    };
    const abort = () => {
      timer = setTimeout(give, graceMs);
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    awaited
      .then((value) => (over ? late(value) : resolve(value)), reject)
      .finally(() => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
      });
  });
}
