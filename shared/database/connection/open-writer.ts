import type pg from 'pg';
import { z } from 'zod';
import { Failure } from '../../failure.ts';
import { asFailure } from '../../files/as-failure.ts';
import { cancelRequest } from '../driver/cancel-request.ts';
import { databaseFailure, setReadOnly, standby } from '../driver/database-failure.ts';
import type { Around } from '../driver/pipelined-query.ts';
import type { Ending, Transaction, Writer } from '../sql/reader.ts';
import { connected } from './connections.ts';
import type { DatabaseSettings } from './database-settings.ts';
import { endOnAbort, unlessAborted } from './end-on-abort.ts';
import { setLocally, writingSettings } from './local-settings.ts';
import { endedBy, type Running, runningStatements } from './running-statements.ts';
import { rowsOf } from './send.ts';
import { openAside, type Side, waitOf } from './side.ts';

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
      write: (statement) => rowsOf(client, statement, { around: DEFERRED_FIRST }),
    });
    if (ending !== 'over') await end(client, ending);
    return value;
  } catch (thrown) {
    throw databaseFailure(thrown);
  }
}

const IMMEDIATE = 'set constraints all immediate';

/** A trigger can put constraints and triggers off again: what waits for the commit has to act before anything is looked at. */
const DEFERRED_FIRST: Around = { before: [IMMEDIATE], after: [] };

const ROLLED_BACK: Around = { before: [IMMEDIATE], after: ['rollback'] };

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
