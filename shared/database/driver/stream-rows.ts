import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { Failure } from '../../failure.ts';
import { databaseFailure } from './database-failure.ts';
import { type Around, PipelinedQuery } from './pipelined-query.ts';
import { rolledBack } from './roll-back.ts';

/** Rows that wait in this process before the socket is asked to pause. */
const MAX_WAITING = 500;
/** A cancel that arrives before its statement has begun ends nothing. */
const CANCEL_AGAIN_MS = 1_000;

export interface StreamOptions {
  readonly statement: Sql;
  /** Sent with it: the transaction that it runs in. */
  readonly around: Around;
  readonly signal: AbortSignal;
  /** The longest silence of the server, in milliseconds. */
  readonly silenceMs: number;
  /** Ends on the server what the connection is doing. */
  cancel(): Promise<void>;
  /** Hears which process of the server works on it. */
  pid(pid: number): void;
}

/**
 * The rows of one statement as they arrive, on a connection that then goes back to its pool. No cursor: PostgreSQL runs a
 * statement that is fetched in portions without its parallel workers. Instead the socket pauses while nobody takes rows.
 * @param client without a `query_timeout`, with which the driver would keep every row
 */
export async function* streamRows(client: pg.PoolClient, options: StreamOptions): AsyncGenerator<unknown, void, void> {
  const { statement, around, signal, silenceMs } = options;
  const { stream } = client.connection;
  let waiting: unknown[] = [];
  let ended: { failure?: unknown } | undefined;
  let wake = () => {};
  const end = (how: { failure?: unknown }) => {
    ended ??= how;
    wake();
  };
  const query = new PipelinedQuery(statement, around, undefined, options.pid);
  query.on('row', (row) => {
    waiting.push(row);
    if (waiting.length >= MAX_WAITING) stream.pause();
    wake();
  });
  query.on('error', (failure) => end({ failure }));
  query.on('end', () => end({}));
  const broken = (failure: Error) => end({ failure });
  client.on('error', broken);
  let cancelling: Promise<void> | undefined;
  const cancel = () => {
    stream.resume();
    cancelling = options.cancel();
  };
  let again: NodeJS.Timeout | undefined;
  const abort = () => {
    cancel();
    again = setInterval(cancel, CANCEL_AGAIN_MS);
  };
  signal.addEventListener('abort', abort, { once: true });
  client.query(query);
  if (signal.aborted) abort();
  try {
    while (!ended || waiting.length > 0) {
      if (waiting.length === 0) {
        stream.resume();
        const timer = setTimeout(() => end({ failure: new Error('the server fell silent: timeout') }), silenceMs);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        clearTimeout(timer);
      }
      const rows = waiting;
      waiting = [];
      if (!signal.aborted) yield* rows;
    }
    if (signal.aborted)
      throw new Failure('cancelled', 'The scan was stopped, and with it the statement on the server.');
    if (ended.failure !== undefined) throw databaseFailure(ended.failure);
  } finally {
    signal.removeEventListener('abort', abort);
    clearInterval(again);
    stream.resume();
    // Left in the middle: the server would go on working for nobody.
    if (!ended) {
      const over = new Promise<void>((resolve) => {
        wake = resolve;
      });
      cancel();
      await Promise.race([over, sleep(CANCEL_AGAIN_MS, undefined, { ref: false })]);
    }
    await cancelling;
    const clean = ended !== undefined && (ended.failure === undefined || (await rolledBack(client, ended.failure)));
    client.off('error', broken);
    // A cancel can arrive late, and must not meet the next statement.
    client.release(cancelling !== undefined || !clean);
  }
}
