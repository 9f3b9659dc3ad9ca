import type pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { databaseFailure } from '../driver/database-failure.ts';
import { type Around, PipelinedQuery } from '../driver/pipelined-query.ts';
import type { Running } from './running-statements.ts';

export async function rowsOf(
  client: pg.ClientBase,
  statement: Sql,
  { around = ALONE, running }: { readonly around?: Around; readonly running?: Running } = {},
): Promise<unknown[]> {
  const pid = running && heardBy(running);
  return (await answered(client, (done) => new PipelinedQuery(statement, around, done, pid))).rows;
}

/** Takes down which process of the server does it. */
export function heardBy(running: Running): (pid: number) => void {
  return (pid) => {
    running.pid = pid;
  };
}

export async function answered(
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
