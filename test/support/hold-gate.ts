import { connect, createServer, type Socket } from 'node:net';

/** A way to the server on which the first message with these words waits, with all that comes after on its connection. */
export interface HoldGate {
  readonly url: string;
  /** Resolves when it waits. */
  readonly held: Promise<void>;
  release(): void;
  close(): Promise<void>;
}

export async function openHoldGate(url: string, words: string): Promise<HoldGate> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let reach = () => {};
  const held = new Promise<void>((resolve) => {
    reach = resolve;
  });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let waiting = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: through.href,
    held,
    release,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
