import { connect, createServer, type Socket } from 'node:net';

/** What happens to the message of the step: it is held back, with all after it, or it passes. */
export type AtStep = 'hold' | 'pass';

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
  const target = new URL(url);
  const sockets = new Set<Socket>();
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
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk: Buffer) => pass(to, chunk));
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        near.destroy();
        far.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: through.href,
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
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
