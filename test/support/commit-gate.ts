import { connect, createServer, type Socket } from 'node:net';

export interface CommitGate {
  readonly url: string;
  /** Lets everything through again, commits too. */
  open(): void;
  close(): Promise<void>;
}

const COMMIT = Buffer.from('commit\0');

/**
 * A way to the server on which the connection of the first commit breaks: `before` it reaches the server, or `after` the
 * server carried it out and before its answer comes back; `during`: as soon as the server has it. `locked`: nothing
 * gets through after that, until it is opened.
 */
export async function openCommitGate(
  url: string,
  cut: 'before' | 'during' | 'after',
  then: 'through' | 'locked' = 'through',
): Promise<CommitGate> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let state: 'waiting' | 'locked' | 'open' = 'waiting';
  const server = createServer((near) => {
    if (state === 'locked') return near.destroy();
    const far = connect(Number(target.port), target.hostname);
    const breakOff = () => {
      state = then === 'locked' ? 'locked' : 'open';
      for (const socket of then === 'locked' ? sockets : [near, far]) socket.destroy();
    };
    let committing = false;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (chunk) => {
      committing = state === 'waiting' && chunk.includes(COMMIT);
      if (committing && cut === 'before') return breakOff();
      far.write(chunk, () => {
        if (committing && cut === 'during') setImmediate(breakOff);
      });
    });
    far.on('data', (chunk) => {
      if (committing && cut === 'after') return breakOff();
      near.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: through.href,
    open() {
      state = 'open';
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
