import type pg from 'pg';
import { serverError } from './database-failure.ts';

const LONGEST_WAIT_MS = 5_000;

/** Ends the transaction of a statement that failed, and says whether the connection can be used again. */
export async function rolledBack(client: pg.ClientBase, failure: unknown): Promise<boolean> {
  // Without an answer of the server to that statement, there would be none to this one either.
  if (serverError(failure).state === '') return false;
  const rollback: pg.QueryConfig & { query_timeout: number } = { text: 'rollback', query_timeout: LONGEST_WAIT_MS };
  return client.query(rollback).then(
    () => true,
    () => false,
  );
}
