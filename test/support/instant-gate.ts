import type { Socket } from 'node:net';
import { openRelay } from './relay.ts';

/**
 * A way to a server that knows the instants of an apply from its first write to its commit by what passes: each request of
 * the client and each answer of the server, whole. They are called `the write`, `request 1 after the write`, `the commit`, and
 * `answer to …`; where an apply that was refused tries another way, those of its second transaction say so.
 */
export interface InstantGate {
  readonly url: string;
  /** The instants of one apply, in their order. */
  instantsOf(apply: () => Promise<unknown>): Promise<string[]>;
  /**
   * Resolves at this instant, to the process id of the backend: from then on nothing passes on its connection any more, this
   * message first.
   */
  stopAt(instant: string): Promise<number>;
  close(): Promise<void>;
}

const FIRST_WRITE = /\bupdate "[^"]+"\."[^"]+"/;
const COMMIT = 'commit\0';

/** Messages that end a request of the client: a simple query, a Sync. */
const ENDS_REQUEST = ['Q', 'S'];
/** Messages that the client sends outside of requests: a password, its goodbye. */
const OUTSIDE = ['p', 'X'];
/** The server tells the process id of the backend. */
const BACKEND_KEY = 'K';
/** The server is done with a request. */
const READY = 'Z';

export async function openInstantGate(url: string): Promise<InstantGate> {
  let met: string[] = [];
  let transactions = 0;
  let stop: { readonly at: string; readonly reach: (backend: number) => void } | undefined;
  const relay = await openRelay(url, (client, server) => {
    let stopped = false;
    let backend = 0;
    const pass = (to: Socket, message: Buffer, instant: string | undefined) => {
      if (instant !== undefined) met.push(instant);
      if (instant !== undefined && instant === stop?.at) {
        stopped = true;
        stop.reach(backend);
        stop = undefined;
      }
      if (!stopped) to.write(message);
    };
    const unanswered: (string | undefined)[] = [];
    const nameOf = namedSinceWrite(() => {
      transactions++;
      return transactions === 1 ? '' : `transaction ${transactions}: `;
    });
    const requests = joinedUntil(ENDS_REQUEST, (request) => {
      const name = nameOf(request.toString('latin1'));
      unanswered.push(name);
      pass(server, request, name);
    });
    const named = joinedUntil([READY], (answer) => pass(client, answer, `answer to ${unanswered.shift()}`));
    // What is no answer to a named request passes at once: the client may wait for the first part of it.
    const answers = (type: string, message: Buffer) => {
      if (unanswered[0] !== undefined) return named(type, message);
      if (type === READY) unanswered.shift();
      pass(client, message, undefined);
    };
    const fromClient = messagesOf('begins without a type', (type, message) =>
      type === undefined || OUTSIDE.includes(type) ? pass(server, message, undefined) : requests(type, message),
    );
    const fromServer = messagesOf('has types only', (type = '', message) => {
      if (type === BACKEND_KEY) backend = message.readUInt32BE(5);
      answers(type, message);
    });
    client.on('data', fromClient);
    server.on('data', fromServer);
  });
  return {
    url: relay.url,
    async instantsOf(apply) {
      met = [];
      transactions = 0;
      await apply();
      return [...met];
    },
    stopAt(at) {
      transactions = 0;
      return new Promise((reach) => {
        stop = { at, reach };
      });
    },
    close: relay.close,
  };
}

/**
 * Names the requests of a connection from the first write of a transaction to its commit; the others have no name.
 * @param begin asked at the first write for what stands before its names
 */
function namedSinceWrite(begin: () => string): (request: string) => string | undefined {
  let open: { readonly prefix: string; requests: number } | undefined;
  return (request) => {
    if (open === undefined) {
      if (!FIRST_WRITE.test(request)) return undefined;
      open = { prefix: begin(), requests: 0 };
      return `${open.prefix}the write`;
    }
    const { prefix } = open;
    if (!request.includes(COMMIT)) return `${prefix}request ${++open.requests} after the write`;
    open = undefined;
    return `${prefix}the commit`;
  };
}

/** Puts messages together until one of these types. */
function joinedUntil(types: readonly string[], whole: (joined: Buffer) => void) {
  let parts: Buffer[] = [];
  return (type: string, message: Buffer) => {
    parts.push(message);
    if (!types.includes(type)) return;
    const joined = Buffer.concat(parts);
    parts = [];
    whole(joined);
  };
}

/** Cuts what comes on a connection into the messages of PostgreSQL's protocol: a type, the length, the rest. */
function messagesOf(
  start: 'begins without a type' | 'has types only',
  take: (type: string | undefined, message: Buffer) => void,
) {
  let rest = Buffer.alloc(0);
  let typed = start === 'has types only';
  return (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const head = typed ? 1 : 0;
      if (rest.length < head + 4) return;
      const end = head + rest.readUInt32BE(head);
      if (rest.length < end) return;
      take(typed ? String.fromCharCode(rest[0] ?? 0) : undefined, rest.subarray(0, end));
      rest = rest.subarray(end);
      typed = true;
    }
  };
}
