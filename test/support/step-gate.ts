import type { Socket } from 'node:net';
import { openRelay } from './relay.ts';

/** What happens to the message of the step: it is held back, with all after it, or it passes. */
type AtStep = 'hold' | 'pass';

/** A way to a server that counts the messages of both directions, so that a break can be put between any two of them. */
export interface StepGate {
  readonly url: string;
  /** Counts from 0 again and resolves as soon as so many messages came. */
  arm(step: number, at: AtStep): Promise<void>;
  /** Lets everything through again and says how many messages came. What was held back is lost with its connection. */
  disarm(): number;
  close(): Promise<void>;
}

export async function openStepGate(url: string): Promise<StepGate> {
  let armed: { step: number; at: AtStep; reach: () => void } | undefined;
  let count = 0;
  let held = false;
  const pass = (to: Socket, chunk: Buffer) => {
    if (armed && ++count === armed.step) {
      held = armed.at === 'hold';
      armed.reach();
    }
    if (!held) to.write(chunk);
  };
  const relay = await openRelay(url, (near, far) => {
    near.on('data', (chunk: Buffer) => pass(far, chunk));
    far.on('data', (chunk: Buffer) => pass(near, chunk));
  });
  return {
    url: relay.url,
    arm(step, at) {
      count = 0;
      return new Promise((reach) => {
        armed = { step, at, reach };
      });
    },
    disarm() {
      armed = undefined;
      held = false;
      return count;
    },
    close: relay.close,
  };
}
