import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { z } from 'zod';
import { Failure } from '../failure.ts';
import type { DatabaseSettings } from '../settings/settings.ts';
import { databaseFailure } from './database-failure.ts';
import type { Ending, StreamReader, Transaction, Writer } from './reader.ts';
import { streamRows } from './stream-rows.ts';

/**
 * Values are compared and journalled as text, so every session prints them the same way. The search path holds
 * nothing of the install's: a function or operator planted in a schema cannot be reached by our statements.
 */
const SAME_TEXT_EVERYWHERE =
  "set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; set bytea_output = 'hex'; " +
  'set extra_float_digits = 1; set standard_conforming_strings = on; set quote_all_identifiers = off; ' +
  'set search_path = pg_catalog;';

/** The answers to several statements sent as one. */
const Begun = z.array(z.object({ rows: z.array(z.object({ id: z.string() }).partial()) }));

/**
 * Opens the read-only side: a small pool whose sessions refuse every write and every statement over its time. Compiling
 * the judgement of one flow (jit) would take a hundred times as long as judging it.
 */
export function openReader(database: DatabaseSettings): StreamReader & { close(): Promise<void> } {
  const readOnly =
    `${SAME_TEXT_EVERYWHERE} set session characteristics as transaction read only; ` +
    `set statement_timeout = ${database.statementTimeoutMs}; set jit = off;`;
  const pool = poolOf({ ...driverConfig(database), max: 2 }, readOnly);
  // The driver would keep every row of a statement that it gives a time.
  const streams = poolOf({ ...driverConfig(database), query_timeout: 0 }, readOnly);
  return {
    read: (statement) => rowsOf(pool, statement),
    async *stream(statement, signal) {
      const client = await streams.connect().catch((thrown) => {
        throw databaseFailure(thrown);
      });
      yield* streamRows(client, {
        statement,
        signal,
        silenceMs: silenceMs(database),
        cancel: (processId) => pool.query('select pg_cancel_backend($1)', [processId]),
      });
    },
    async close() {
      await Promise.all([pool.end(), streams.end()]);
    },
  };
}

/** @param opening runs once per connection, before the pool hands it out */
function poolOf(config: pg.PoolConfig, opening: string): pg.Pool {
  const pool = new pg.Pool({
    ...config,
    idleTimeoutMillis: 30_000,
    onConnect: async (client) => {
      await client.query(opening);
    },
  });
  // An idle connection that breaks is replaced by the pool at the next read; the read reports what is wrong.
  pool.on('error', () => {});
  return pool;
}

/** The read-write side. Each transaction has a connection of its own, closed when it ends, unless many share one. */
export function openWriter(database: DatabaseSettings): Writer {
  const writer: Writer = {
    transaction: (work) => alone(database, (client) => transact(client, database, BEGIN, work)),
    trial: (work) =>
      alone(database, (client) =>
        transact(client, database, BEGIN_TRIAL, async (transaction) => ({
          ending: 'rollback',
          value: await work(transaction),
        })),
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
            const value = await transact(client, database, BEGIN, inner);
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
  const client = new pg.Client(driverConfig(database));
  client.on('error', () => {});
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
  opening: string,
  work: (transaction: Transaction) => Promise<{ ending: Ending; value: T }>,
): Promise<T> {
  try {
    const id = await begin(client, database, opening);
    const { ending, value } = await work({
      id,
      read: (statement) => rowsOf(client, statement),
      write: (statement) => rowsOf(client, statement),
    });
    await end(client, ending);
    return value;
  } catch (thrown) {
    throw databaseFailure(thrown);
  }
}

const BEGIN = 'begin isolation level read committed read write;';
const BEGIN_TRIAL = `${BEGIN} set constraints all immediate;`;

/** One round trip. Returns the id of the transaction. */
async function begin(client: pg.Client, database: DatabaseSettings, opening: string): Promise<string> {
  const results: unknown = await client.query(
    `${opening} ${SAME_TEXT_EVERYWHERE.replaceAll('set ', 'set local ')} ` +
      `set local lock_timeout = ${database.lockTimeoutMs}; ` +
      `set local statement_timeout = ${database.statementTimeoutMs}; ` +
      // Rows are found by their keys, and statements are many and short: nothing is compiled, no table read as a whole.
      'set local jit = off; set local random_page_cost = 1.1; ' +
      'select pg_current_xact_id()::text as id',
  );
  return Begun.parse(results).at(-1)?.rows[0]?.id ?? '';
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

async function rowsOf(client: pg.Pool | pg.Client, statement: Sql): Promise<unknown[]> {
  try {
    const result = await client.query({ text: statement.text, values: statement.values });
    return result.rows as unknown[];
  } catch (thrown) {
    throw databaseFailure(thrown);
  }
}

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
    application_name: 'flowmend',
  };
}
