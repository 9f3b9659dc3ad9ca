import { type Around, PID } from '../driver/pipelined-query.ts';
import type { Reader } from '../sql/reader.ts';
import { poolOf } from './connections.ts';
import type { DatabaseSettings } from './database-settings.ts';
import { readingSettings, setLocally } from './local-settings.ts';
import type { Running } from './running-statements.ts';
import { rowsOf } from './send.ts';
import { blockersOf, type Wait } from './waits.ts';

/** The transaction of one read goes out with it, so that it costs no round trip of its own. */
export function readOnly(database: DatabaseSettings): Around {
  return {
    before: ['begin isolation level read committed read only', `${setLocally(readingSettings(database))}, ${PID}`],
    after: ['commit'],
  };
}

/** One side of a session: what reads, or what writes. */
export interface Side {
  /** What it has run the longest on the server; undefined where that is not yet so long. */
  longestWait(overMs: number): Promise<Wait | undefined>;
  /** Ends on the server what still runs there, and closes its connections. */
  close(): Promise<void>;
}

/** Asks about the others, which may be waiting, by a connection of its own that nobody waits for long. */
export function openAside(database: DatabaseSettings): Reader & { end(): Promise<void> } {
  const around = readOnly({ ...database, statementTimeoutMs: ASIDE_MS });
  const pool = poolOf(database, { max: 1, query_timeout: ASIDE_MS * 2 });
  return {
    async read(statement) {
      const client = await pool.connect();
      try {
        const rows = await rowsOf(client, statement, { around });
        client.release();
        return rows;
      } catch (thrown) {
        client.release(true);
        throw thrown;
      }
    },
    end: () => pool.end(),
  };
}

const ASIDE_MS = 2_000;

export async function waitOf(running: Running | undefined, overMs: number, aside: Reader): Promise<Wait | undefined> {
  if (running === undefined || Date.now() - running.since < overMs) return undefined;
  const { since, pid } = running;
  // Who may not ask knows nobody to name.
  return { since, blockedBy: pid === undefined ? [] : await blockersOf(aside, pid).catch(() => []) };
}
