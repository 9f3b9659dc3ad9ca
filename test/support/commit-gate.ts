import { openRelay } from './relay.ts';

export interface CommitGate {
  readonly url: string;
  /** Lets everything through again, commits too. */
  open(): void;
  close(): Promise<void>;
}

/** As a message of its own, with its length: the commit of a read goes out along with what is read. */
const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0');

/** Only a transaction that may write begins so: the commits of what only reads are none of the gate's business. */
const WRITING = Buffer.from('set constraints all immediate; ');

/**
 * A way to the server on which the connection of the first commit of a write breaks: `before` it reaches the server, or `after` the
 * server carried it out and before its answer comes back; `during`: as soon as the server has it. `locked`: nothing
 * gets through after that, until it is opened.
 */
export async function openCommitGate(
  url: string,
  cut: 'before' | 'during' | 'after',
  then: 'through' | 'locked' = 'through',
): Promise<CommitGate> {
  let state: 'waiting' | 'locked' | 'open' = 'waiting';
  const relay = await openRelay(url, (near, far) => {
    if (state === 'locked') return near.destroy();
    const breakOff = () => {
      state = then === 'locked' ? 'locked' : 'open';
      for (const socket of then === 'locked' ? relay.sockets : [near, far]) socket.destroy();
    };
    let writes = false;
    let committing = false;
    near.on('data', (chunk) => {
      writes ||= chunk.includes(WRITING);
      committing = state === 'waiting' && writes && chunk.includes(COMMIT);
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
  return {
    url: relay.url,
    open() {
      state = 'open';
    },
    close: relay.close,
  };
}
