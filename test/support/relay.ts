import { connect, createServer, type Socket } from 'node:net';

/** A way to a server through this process. */
export interface Relay {
  readonly url: string;
  /** Both ends of every connection that is open. */
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

/**
 * Opens a way on loopback to the server of a connection URL.
 * @param carry carries what one connection says, from `near` to `far` and back; where one end closes, so does the other
 * @param port of this way; 0: any that is free
 */
export async function openRelay(url: string, carry: (near: Socket, far: Socket) => void, port = 0): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    carry(near, joined(near, url, sockets));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: onPort(url, typeof address === 'object' && address ? address.port : 0),
    sockets,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A connection to the server of a URL that lives as long as `near` does. */
export function joined(near: Socket, url: string, sockets: Set<Socket>): Socket {
  const { port, hostname } = new URL(url);
  const far = connect(Number(port), hostname);
  for (const socket of [near, far]) {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      near.destroy();
      far.destroy();
    });
  }
  return far;
}

/** The same connection URL by a port of loopback. */
export function onPort(url: string, port: number): string {
  return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href;
}
