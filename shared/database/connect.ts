import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { z } from 'zod';
import { Failure } from '../failure.ts';
import type { DatabaseSettings } from '../settings/settings.ts';
import { cancelRequest } from './cancel-request.ts';
import { checkServer } from './check-server.ts';
import { DatabaseClient } from './database-client.ts';
import { databaseFailure, setReadOnly, standby } from './database-failure.ts';
import { readingSettings, setLocally, writingSettings } from './local-settings.ts';
import { AnalysedQuery, type Around, PipelinedQuery } from './pipelined-query.ts';
import type { Ending, StreamReader, Transaction, Writer } from './reader.ts';
import { rolledBack } from './roll-back.ts';
import { streamRows } from './stream-rows.ts';

/** The transaction of one read goes out with it, so that it costs no round trip of its own. */
function readOnly(database: DatabaseSettings): Around {
  return {
    before: ['begin isolation level read committed read only', setLocally(readingSettings(database))],
    after: ['commit'],
  };
}

/**
 * Opens the read-only side: a small pool. Each statement has a transaction of its own that refuses every write and every
 * statement over its time, and leaves nothing behind on the connection: behind a pooler, others use it next.
 */
export function openReader(database: DatabaseSettings): StreamReader & { close(): Promise<void> } {
  const around = readOnly(database);
  const pool = poolOf(database, { max: 2 });
  // The driver would keep every row of a statement that it gives a time.
  const streams = poolOf(database, { query_timeout: 0 });
  let checked: Promise<void> | undefined;
  const connect = async (from: pg.Pool) => {
    const client = await from.connect().catch((thrown) => {
      throw databaseFailure(thrown);
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
  const using = async <T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> => {
    const client = await connect(pool);
    try {
      const answer = await work(client);
      client.release();
      return answer;
    } catch (thrown) {
      void rolledBack(client, thrown).then((clean) => client.release(!clean));
      throw thrown;
    }
  };
  return {
    read: (statement) => using((client) => rowsOf(client, statement, around)),
    async analyse(statement) {
      await using((client) => answered(client, (done) => new AnalysedQuery(statement, around, done)));
    },
    async *stream(statement, signal) {
      const client = await connect(streams);
      yield* streamRows(client, {
        statement,
        around,
        signal,
        silenceMs: silenceMs(database),
        cancel: () => cancelRequest(client, database.connectTimeoutMs),
      });
    },
    async close() {
      await Promise.all([pool.end(), streams.end()]);
    },
  };
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
export function openWriter(database: DatabaseSettings): Writer {
  const writer: Writer = {
    transaction: (work) => alone(database, (client) => transact(client, database, work)),
    trial: (work) =>
      alone(database, (client) =>
        transact(client, database, async (transaction) => {
          let ending: 'rollback' | 'over' = 'rollback';
          const value = await work({
            ...transaction,
            async last(statement) {
              const rows = await rowsOf(client, statement, ROLLED_BACK);
              ending = 'over';
              return rows;
            },
          });
          return { ending, value };
        }),
      ),
    async onOneConnection(work) {
      let kept: pg.Client | undefined;
      const shared: Writer = {
        ...writer,
        async transaction(inner) {
          const client = kept ?? (await connected(database));
          // One that breaks while nothing is asked of it is replaced by the next transaction.
          if (client !== kept) {
            client.once('end', () => {
              if (kept === client) kept = undefined;
            });
          }
          kept = undefined;
          try {
            const value = await transact(client, database, inner);
            kept = client;
            return value;
          } finally {
            if (kept === undefined) await client.end().catch(() => {});
          }
        },
        onOneConnection: (inner) => inner(shared),
      };
      try {
        return await work(shared);
      } finally {
        await kept?.end().catch(() => {});
      }
    },
  };
  return writer;
}

/** Closing a connection in the middle of a transaction rolls it back. */
async function alone<T>(database: DatabaseSettings, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connected(database);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

async function connected(database: DatabaseSettings): Promise<pg.Client> {
  const client = new DatabaseClient(driverConfig(database));
  try {
    await client.connect();
  } catch (thrown) {
    await client.end().catch(() => {});
    throw databaseFailure(thrown);
  }
  return client;
}

async function transact<T>(
  client: pg.Client,
  database: DatabaseSettings,
  work: (transaction: Transaction) => Promise<{ ending: Ending | 'over'; value: T }>,
): Promise<T> {
  try {
    const id = await begin(client, database);
    const { ending, value } = await work({
      id,
      read: (statement) => rowsOf(client, statement, DEFERRED_FIRST),
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
  z.object({ rows: z.array(z.object({ id: z.string().nullable(), standby: z.boolean() }).partial()) }),
);

/**
 * One round trip. Whether it may write is left to what the database and the role are set to.
 * @returns the id of the transaction
 */
async function begin(client: pg.Client, database: DatabaseSettings): Promise<string> {
  const results: unknown = await client.query(
    `begin isolation level read committed; ${IMMEDIATE}; ${setLocally(writingSettings(database))}; ` +
      "select case current_setting('transaction_read_only') when 'off' then pg_current_xact_id()::text end as id, " +
      'pg_is_in_recovery() as standby',
  );
  const row = Begun.parse(results).at(-1)?.rows[0];
  if (row?.id) return row.id;
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

async function rowsOf(client: pg.ClientBase, statement: Sql, around: Around = ALONE): Promise<unknown[]> {
  return (await answered(client, (done) => new PipelinedQuery(statement, around, done))).rows;
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
