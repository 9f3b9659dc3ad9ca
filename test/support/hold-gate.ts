import { openRelay } from './relay.ts';

/** A way to the server on which the first message with these words waits, with all that comes after on its connection. */
export interface HoldGate {
  readonly url: string;
  /** Resolves when it waits. */
  readonly held: Promise<void>;
  release(): void;
  close(): Promise<void>;
}

export async function openHoldGate(url: string, words: string): Promise<HoldGate> {
  let reach = () => {};
  const held = new Promise<void>((resolve) => {
    reach = resolve;
  });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let waiting = false;
  const relay = await openRelay(url, (near, far) => {
    far.pipe(near);
    let before: Promise<unknown> = Promise.resolve();
    near.on('data', (chunk) => {
      if (!waiting && chunk.includes(words)) {
        waiting = true;
        before = released;
        reach();
      }
      before = before.then(() => far.write(chunk));
    });
  });
  return { url: relay.url, held, release, close: relay.close };
}
