import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { z } from 'zod';
import { asFailure, Failure } from '../failure.ts';
import type { DatabaseSettings } from '../settings/settings.ts';
import { cancelRequest } from './cancel-request.ts';
import { checkServer } from './check-server.ts';
import { DatabaseClient } from './database-client.ts';
import { databaseFailure, setReadOnly, standby } from './database-failure.ts';
import { meantBy } from './driver-target.ts';
import { endOnAbort, unlessAborted } from './end-on-abort.ts';
import { readingSettings, setLocally, writingSettings } from './local-settings.ts';
import { AnalysedQuery, type Around, PID, PipelinedQuery } from './pipelined-query.ts';
import type { Ending, Reader, StreamReader, Transaction, Writer } from './reader.ts';
import { rolledBack } from './roll-back.ts';
import { endedBy, type Running, runningStatements } from './running-statements.ts';
import { streamRows } from './stream-rows.ts';
import { blockersOf, type Wait } from './waits.ts';

/** The transaction of one read goes out with it, so that it costs no round trip of its own. */
function readOnly(database: DatabaseSettings): Around {
  return {
    before: ['begin isolation level read committed read only', `${setLocally(readingSettings(database))}, ${PID}`],
    after: ['commit'],
  };
}

/** One side of a session: what reads, or what writes. */
interface Side {
  /** What it has run the longest on the server; undefined where that is not yet so long. */
  longestWait(overMs: number): Promise<Wait | undefined>;
  /** Ends on the server what still runs there, and closes its connections. */
  close(): Promise<void>;
}

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

/** Asks about the others, which may be waiting, by a connection of its own that nobody waits for long. */
function openAside(database: DatabaseSettings): Reader & { end(): Promise<void> } {
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

async function waitOf(running: Running | undefined, overMs: number, aside: Reader): Promise<Wait | undefined> {
  if (running === undefined || Date.now() - running.since < overMs) return undefined;
  const { since, pid } = running;
  // Who may not ask knows nobody to name.
  return { since, blockedBy: pid === undefined ? [] : await blockersOf(aside, pid).catch(() => []) };
}

/** Whoever waits for a connection of this pool, because others use all of them, waits as long as they take. */
function poolOf(database: DatabaseSettings, config: pg.PoolConfig): pg.Pool {
  class ImpatientClient extends DatabaseClient {
    constructor(pooled: pg.ClientConfig = {}) {
      super({ ...pooled, connectionTimeoutMillis: database.connectTimeoutMs });
    }
  }
  const pool = new pg.Pool({
    ...driverConfig(database),
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 0,
    Client: ImpatientClient,
    ...config,
  });
  // An idle connection that breaks is replaced by the pool at the next read; the read reports what is wrong.
  pool.on('error', () => {});
  return pool;
}

/** The read-write side. Each transaction has a connection of its own, closed when it ends, unless many share one. */
export function openWriter(database: DatabaseSettings): Writer & Side {
  const all = runningStatements();
  const aside = openAside(database);
  const run = <T>(client: pg.Client, running: Running, work: Parameters<typeof transact<T>>[2]) =>
    endingOnAbort(database, client, running, () => transact(client, database, work, running));
  const writer: Writer = {
    transaction: (work, signal) =>
      all.during(signal, (running) => alone(database, running, (client) => run(client, running, work))),
    trial: (work, signal) =>
      all.during(signal, (running) =>
        alone(database, running, (client) =>
          run(client, running, async (transaction) => {
            let ending: 'rollback' | 'over' = 'rollback';
            const value = await work({
              ...transaction,
              async last(statement) {
                const rows = await rowsOf(client, statement, { around: ROLLED_BACK });
                ending = 'over';
                return rows;
              },
            });
            return { ending, value };
          }),
        ),
      ),
    async onOneConnection(work) {
      let kept: pg.Client | undefined;
      const shared: Writer = {
        ...writer,
        transaction: (inner, signal) =>
          all.during(signal, async (running) => {
            const client = kept ?? (await connected(database));
            // One that breaks while nothing is asked of it is replaced by the next transaction.
            if (client !== kept) {
              client.once('end', () => {
                if (kept === client) kept = undefined;
              });
            }
            kept = undefined;
            try {
              const value = await run(client, running, inner);
              kept = client;
              return value;
            } finally {
              if (kept === undefined) await client.end().catch(() => {});
            }
          }),
        onOneConnection: (inner) => inner(shared),
      };
      try {
        return await work(shared);
      } finally {
        await kept?.end().catch(() => {});
      }
    },
  };
  return {
    ...writer,
    longestWait: (overMs) => waitOf(all.oldest(), overMs, aside),
    async close() {
      await Promise.all([all.endAll(), aside.end()]);
    },
  };
}

/** Closing a connection in the middle of a transaction rolls it back. */
async function alone<T>(
  database: DatabaseSettings,
  { signal }: Running,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await unlessAborted(signal, connected(database), { late: (late) => void late.end() });
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** What is written when it was ended is told all the same: whoever ended it has to know. */
async function endingOnAbort<T>(
  database: DatabaseSettings,
  client: pg.Client,
  { signal }: Running,
  work: () => Promise<T>,
): Promise<T> {
  const ending = endOnAbort(signal, () => cancelRequest(client, database.connectTimeoutMs));
  try {
    return await work();
  } catch (thrown) {
    throw signal.aborted && asFailure(thrown).code === 'stopped-by-admin' ? endedBy(signal) : thrown;
  } finally {
    await ending.close();
  }
}

async function connected(database: DatabaseSettings): Promise<pg.Client> {
  const client = new DatabaseClient(driverConfig(database));
  try {
    await client.connect();
  } catch (thrown) {
    await client.end().catch(() => {});
    throw connectFailure(thrown, database);
  }
  return client;
}

/** Names what was tried: one may have meant another place, or another role. */
function connectFailure(thrown: unknown, database: DatabaseSettings): Failure {
  const { code, message, next, cause } = databaseFailure(thrown);
  const meant = meantBy(driverConfig(database));
  return new Failure(code, message, { next: [`Tried: ${meant}.`, next].filter(Boolean).join(' '), cause });
}

async function transact<T>(
  client: pg.Client,
  database: DatabaseSettings,
  work: (transaction: Transaction) => Promise<{ ending: Ending | 'over'; value: T }>,
  running: Running,
): Promise<T> {
  try {
    const { id, pid } = await begin(client, database);
    running.pid = pid;
    const { ending, value } = await work({
      id,
      read: (statement) => rowsOf(client, statement, { around: DEFERRED_FIRST }),
      write: (statement) => rowsOf(client, statement),
    });
    if (ending !== 'over') await end(client, ending);
    return value;
  } catch (thrown) {
    throw databaseFailure(thrown);
  }
}

const IMMEDIATE = 'set constraints all immediate';

/** A trigger can put constraints and triggers off again: what waits for the commit has to act before anything is judged. */
const DEFERRED_FIRST: Around = { before: [IMMEDIATE], after: [] };

const ROLLED_BACK: Around = { before: [], after: ['rollback'] };

/** The answers to several statements sent as one. */
const Begun = z.array(
  z.object({ rows: z.array(z.object({ id: z.string().nullable(), standby: z.boolean(), pid: z.number() }).partial()) }),
);

/**
 * One round trip. Whether it may write is left to what the database and the role are set to.
 * @returns the ids of the transaction and of the server's process
 */
async function begin(
  client: pg.Client,
  database: DatabaseSettings,
): Promise<{ readonly id: string; readonly pid: number | undefined }> {
  const results: unknown = await client.query(
    `begin isolation level read committed; ${IMMEDIATE}; ${setLocally(writingSettings(database))}; ` +
      "select case current_setting('transaction_read_only') when 'off' then pg_current_xact_id()::text end as id, " +
      'pg_is_in_recovery() as standby, pg_backend_pid() as pid',
  );
  const row = Begun.parse(results).at(-1)?.rows[0];
  if (row?.id) return { id: row.id, pid: row.pid };
  throw row?.standby ? standby() : setReadOnly();
}

async function end(client: pg.Client, ending: Ending): Promise<void> {
  try {
    const { command } = await client.query(ending);
    // PostgreSQL answers the commit of a transaction that failed with ROLLBACK, and with no error.
    if (ending === 'commit' && command !== 'COMMIT') throw new Failure('database', 'The database rolled it back.');
  } catch (thrown) {
    if (ending === 'rollback') return;
    const failure = databaseFailure(thrown);
    if (failure.code !== 'no-connection') throw failure;
    throw new Failure('outcome-unknown', 'The connection broke while committing: it is not known yet whether it did.', {
      next: 'Run the same apply again: it finds the receipt in the journal, or applies the plan if it is not there.',
      cause: thrown,
    });
  }
}

async function rowsOf(
  client: pg.ClientBase,
  statement: Sql,
  { around = ALONE, running }: { readonly around?: Around; readonly running?: Running } = {},
): Promise<unknown[]> {
  const pid = running && heardBy(running);
  return (await answered(client, (done) => new PipelinedQuery(statement, around, done, pid))).rows;
}

/** Takes down which process of the server does it. */
function heardBy(running: Running): (pid: number) => void {
  return (pid) => {
    running.pid = pid;
  };
}

async function answered(
  client: pg.ClientBase,
  query: (done: (failure: Error | undefined, result: pg.QueryResult) => void) => PipelinedQuery,
): Promise<pg.QueryResult> {
  try {
    return await new Promise((resolve, reject) => {
      client.query(query((failure, result) => (failure ? reject(failure) : resolve(result))));
    });
  } catch (thrown) {
    throw databaseFailure(thrown);
  }
}

const ALONE: Around = { before: [], after: [] };

/** How long a server may say nothing: its own time limit ends a statement before this. */
function silenceMs(database: DatabaseSettings): number {
  return database.statementTimeoutMs + database.connectTimeoutMs;
}

function driverConfig(database: DatabaseSettings): pg.ClientConfig {
  return {
    ...(database.url === undefined ? {} : { connectionString: database.url.reveal() }),
    connectionTimeoutMillis: database.connectTimeoutMs,
    // The server keeps statement_timeout; where the network swallows everything, only this ends the wait.
    query_timeout: silenceMs(database),
    keepAlive: true,
  };
}
