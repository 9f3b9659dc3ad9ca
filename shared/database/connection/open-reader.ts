import type pg from 'pg';
import { cancelRequest } from '../driver/cancel-request.ts';
import { databaseFailure } from '../driver/database-failure.ts';
import { AnalysedQuery } from '../driver/pipelined-query.ts';
import { rolledBack } from '../driver/roll-back.ts';
import { streamRows } from '../driver/stream-rows.ts';
import type { StreamReader } from '../sql/reader.ts';
import { checkServer } from './check-server.ts';
import { connectFailure, poolOf, silenceMs } from './connections.ts';
import type { DatabaseSettings } from './database-settings.ts';
import { endOnAbort, unlessAborted } from './end-on-abort.ts';
import { endedBy, type Running, runningStatements } from './running-statements.ts';
import { answered, heardBy, rowsOf } from './send.ts';
import { openAside, readOnly, type Side, waitOf } from './side.ts';

/** A statement that does not end when the server is asked to is left to its connection, which is closed. */
const ENDS_WITHIN_MS = 1_200;

/**
 * Opens the read-only side: a small pool. Each statement has a transaction of its own that refuses every write and every
 * statement over its time, and leaves nothing behind on the connection: behind a pooler, others use it next.
 */
export function openReader(database: DatabaseSettings): StreamReader & Side {
  const around = readOnly(database);
  const all = runningStatements();
  const pool = poolOf(database, { max: 2 });
  // The driver would keep every row of a statement that it gives a time.
  const streams = poolOf(database, { query_timeout: 0 });
  const aside = openAside(database);
  let checked: Promise<void> | undefined;
  const connect = async (from: pg.Pool) => {
    const client = await from.connect().catch((thrown) => {
      throw connectFailure(thrown, database);
    });
    try {
      checked ??= checkServer(client);
      await checked;
      return client;
    } catch (thrown) {
      checked = undefined;
      client.release(true);
      throw databaseFailure(thrown);
    }
  };
  const connectUntil = (from: pg.Pool, { signal }: Running) =>
    unlessAborted(signal, connect(from), { late: (client) => client.release() });
  const cancel = (client: pg.Client) => () => cancelRequest(client, database.connectTimeoutMs);
  const using = (
    signal: AbortSignal | undefined,
    work: (client: pg.ClientBase, running: Running) => Promise<unknown[]>,
  ) =>
    all.during(signal, async (running) => {
      const client = await connectUntil(pool, running);
      const ending = endOnAbort(running.signal, cancel(client));
      try {
        const answer = await unlessAborted(running.signal, work(client, running), {
          graceMs: ENDS_WITHIN_MS,
          late: () => {},
        });
        await ending.close();
        client.release(ending.asked());
        return answer;
      } catch (thrown) {
        const unknown = ending.asked();
        void ending.close().then(async () => client.release(unknown || !(await rolledBack(client, thrown))));
        throw running.signal.aborted ? endedBy(running.signal) : thrown;
      }
    });
  return {
    read: (statement, signal) => using(signal, (client, running) => rowsOf(client, statement, { around, running })),
    async analyse(statement) {
      await using(undefined, async (client) => {
        await answered(client, (done) => new AnalysedQuery(statement, around, done));
        return [];
      });
    },
    async *stream(statement, given) {
      const { running, over } = all.begin(given);
      try {
        const client = await connectUntil(streams, running);
        yield* streamRows(client, {
          statement,
          around,
          signal: running.signal,
          silenceMs: silenceMs(database),
          cancel: cancel(client),
          pid: heardBy(running),
        });
      } finally {
        over();
      }
    },
    longestWait: (overMs) => waitOf(all.oldest(), overMs, aside),
    async close() {
      await Promise.all([all.endAll(), pool.end(), streams.end(), aside.end()]);
    },
  };
}
