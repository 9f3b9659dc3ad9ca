import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { Failure } from '../failure.ts';
import { databaseFailure } from './database-failure.ts';

/** Rows that wait in this process before the socket is asked to pause. */
const MOST_WAITING = 500;

export interface StreamOptions {
  readonly statement: Sql;
  readonly signal: AbortSignal | undefined;
  /** The longest silence of the server, in milliseconds. */
  readonly silenceMs: number;
  /** Cancels what the backend with this process id is doing. */
  cancel(processId: number): Promise<unknown>;
}

/**
 * The rows of one statement as they arrive, on a connection that then goes back to its pool. No cursor: PostgreSQL runs a
 * statement that is fetched in portions without its parallel workers. Instead the socket pauses while nobody takes rows.
 * @param client without a `query_timeout`, with which the driver would keep every row
 */
export async function* streamRows(client: pg.PoolClient, options: StreamOptions): AsyncGenerator<unknown, void, void> {
  const { statement, signal, silenceMs } = options;
  const { stream } = client.connection;
  let waiting: unknown[] = [];
  let ended: { failure?: unknown } | undefined;
  let wake = () => {};
  const end = (how: { failure?: unknown }) => {
    ended ??= how;
    wake();
  };
  const query = new pg.Query({ text: statement.text, values: statement.values });
  query.on('row', (row) => {
    waiting.push(row);
    if (waiting.length >= MOST_WAITING) stream.pause();
    wake();
  });
  query.on('error', (failure) => end({ failure }));
  query.on('end', () => end({}));
  const broken = (failure: Error) => end({ failure });
  client.on('error', broken);
  const cancel = () => {
    stream.resume();
    void options.cancel((client as unknown as { processID: number }).processID).catch(() => {});
  };
  signal?.addEventListener('abort', cancel, { once: true });
  client.query(query);
  if (signal?.aborted) cancel();
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
      if (!signal?.aborted) yield* rows;
    }
    if (signal?.aborted)
      throw new Failure('cancelled', 'The scan was stopped, and with it the statement on the server.');
    if (ended.failure !== undefined) throw databaseFailure(ended.failure);
  } finally {
    signal?.removeEventListener('abort', cancel);
    client.off('error', broken);
    // Left in the middle: the server would go on working for nobody.
    if (!ended) cancel();
    stream.resume();
    const cancelled = !ended || signal?.aborted === true;
    // A cancel can arrive late, and must not meet the next statement.
    client.release(cancelled || ended?.failure !== undefined);
  }
}
