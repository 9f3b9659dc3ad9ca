import type pg from 'pg';
import type { Transact } from '../../shared/demo/demo-api.ts';

/** Transactions for the local platform API, on a real connection. */
export function transactOn(client: pg.Client): Transact {
  return async (work) => {
    await client.query('begin');
    try {
      const value = await work(async (text, parameters) => (await client.query(text, parameters)).rows);
      await client.query('commit');
      return value;
    } catch (thrown) {
      await client.query('rollback');
      throw thrown;
    }
  };
}
