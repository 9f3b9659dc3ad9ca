import { createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';
import { joined, onPort } from './relay.ts';

/** A door in front of a server that can be shut, as when the network or the server goes away. */
export interface Gate {
  readonly url: string;
  shut(): Promise<void>;
  open(): Promise<void>;
  /** Swallows everything from now on without closing anything, as a lost VPN does. */
  freeze(): void;
  /** Lets new connections through again; the old ones stay lost. */
  thaw(): void;
}

/** Opens a gate on loopback to the server of a connection URL. */
export async function openGate(url: string): Promise<Gate> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  // The same one whenever it opens: nobody else may get it while it is shut.
  const port = await freePort();
  let frozen = false;
  const open = async () => {
    server = createServer((near) => {
      if (frozen) {
        sockets.add(near.on('error', () => {}));
        return;
      }
      const far = joined(near, url, sockets);
      near.pipe(far);
      far.pipe(near);
    });
    await new Promise<void>((resolve, reject) =>
      server?.once('error', reject).listen(port, '127.0.0.1', () => resolve()),
    );
  };
  await open();
  return {
    url: onPort(url, port),
    open,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    thaw() {
      frozen = false;
    },
    async shut() {
      const closed = new Promise((resolve) => server?.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
