import { setImmediate } from 'node:timers/promises';
import { type Action, Failure } from '../../shared/index.ts';

/** Ctrl-C; a job that is stopped; a terminal that is closed, an ssh connection that is lost. */
const ENDS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
export type EndSignal = keyof typeof ENDS;

const takers: ((signal: EndSignal) => void)[] = [];
const deliver = (signal: NodeJS.Signals) => takers.at(-1)?.(signal as EndSignal);

/**
 * Takes the signals that end a program, until they are given back: whoever took them last gets them.
 * @returns gives them back
 */
export function takeSignals(take: (signal: EndSignal) => void): () => void {
  if (takers.length === 0) for (const signal of Object.keys(ENDS)) process.on(signal, deliver);
  takers.push(take);
  return () => {
    if (takers.includes(take)) takers.splice(takers.indexOf(take), 1);
    if (takers.length === 0) for (const signal of Object.keys(ENDS)) process.off(signal, deliver);
  };
}

/** What a shell says of a program that a signal ended. */
export function exitCodeOfSignal(signal: EndSignal): number {
  return 128 + ENDS[signal];
}

/** What the signals end while a command runs: at the first what it has the server do, at the second the program. */
export function untilInterrupted(writes: Action['writes']): { readonly signal: AbortSignal; close(): void } {
  const controller = new AbortController();
  const close = takeSignals((signal) => {
    if (controller.signal.aborted) process.exit(exitCodeOfSignal(signal));
    controller.abort(endedBefore(signal, writes));
  });
  return { signal: controller.signal, close };
}

/**
 * Does what comes before the first write. A signal ends it, at the latest when it is done.
 * @throws Failure `cancelled`
 */
export async function beforeWriting<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const done = await work();
  await signalsTold();
  signal.throwIfAborted();
  return done;
}

/** A signal that came while this thread was busy is told in the next turn of the event loop, or the one after. */
export async function signalsTold(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

const BEFORE: Record<Action['writes'], string> = {
  nothing: ', and with it the statement on the server.',
  database: ' before anything was written.',
  platform: ' before anything was sent.',
};

/** How a command ends that a signal ended before it changed anything. */
export function endedBefore(signal: EndSignal, writes: Action['writes']): Failure {
  return new Failure('cancelled', `Ended by ${signal === 'SIGINT' ? 'Ctrl-C' : signal}${BEFORE[writes]}`);
}
