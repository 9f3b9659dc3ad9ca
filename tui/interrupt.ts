import { setImmediate } from 'node:timers/promises';
import { Failure } from '../shared/index.ts';

/** Ctrl-C; a job that is stopped; a terminal that is closed, an ssh connection that is lost. */
const ENDS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborts at the first of them, so that a command can end what it began; the second ends the program as always. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ENDS) process.once(signal, () => controller.abort());
  return controller.signal;
}

/**
 * Does what comes before the first write. Ctrl-C ends it, at the latest when it is done; afterwards Ctrl-C is what it was.
 * @throws Failure `cancelled` after Ctrl-C, as the reason of the signal too
 */
export async function beforeWriting<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const end = () => controller.abort(nothingWritten());
  process.once('SIGINT', end);
  try {
    const done = await work(controller.signal);
    await signalsTold();
    controller.signal.throwIfAborted();
    return done;
  } finally {
    process.off('SIGINT', end);
  }
}

/** A signal that came while this thread was busy is told in the next turn of the event loop, or the one after. */
export async function signalsTold(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/** How a command ends that was to write and was ended by Ctrl-C before. */
export function nothingWritten(): Failure {
  return new Failure('cancelled', 'Ended by Ctrl-C before anything was written.');
}
