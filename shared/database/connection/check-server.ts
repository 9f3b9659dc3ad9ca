import type pg from 'pg';
import { z } from 'zod';
import { Failure } from '../../failure.ts';

const OLDEST_RELEASE = 15;

const Begun = z.tuple([z.unknown(), z.object({ rows: z.tuple([z.object({ release: z.number() })]) })]);

/**
 * Sees whether a server can be worked with, in a transaction that stays open over a round trip: a pooler that hands out its
 * connections by the statement refuses that here already, and not only at the first repair.
 * @throws Failure `old-server`; `statement-pooling`, or the connection's
 */
export async function checkServer(client: pg.ClientBase): Promise<void> {
  const results: unknown = await client.query(
    "begin read only; select pg_catalog.current_setting('server_version_num')::int / 10000 as release",
  );
  await client.query('commit');
  const [, { rows }] = Begun.parse(results);
  const [{ release }] = rows;
  if (release < OLDEST_RELEASE) {
    throw new Failure('old-server', `PostgreSQL ${release} has reached its end of life and is not supported.`, {
      next: `Flowmend works with PostgreSQL ${OLDEST_RELEASE} and newer: have the server upgraded.`,
    });
  }
}
