import pg from 'pg';
import { Failure } from '../../failure.ts';
import { DatabaseClient } from '../driver/database-client.ts';
import { databaseFailure } from '../driver/database-failure.ts';
import { meantBy } from '../driver/driver-target.ts';
import type { DatabaseSettings } from './database-settings.ts';

/** Whoever waits for a connection of this pool, because others use all of them, waits as long as they take. */
export function poolOf(database: DatabaseSettings, config: pg.PoolConfig): pg.Pool {
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

export async function connected(database: DatabaseSettings): Promise<pg.Client> {
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
export function connectFailure(thrown: unknown, database: DatabaseSettings): Failure {
  const { code, message, next, cause } = databaseFailure(thrown);
  const meant = meantBy(driverConfig(database));
  return new Failure(code, message, { next: [`Tried: ${meant}.`, next].filter(Boolean).join(' '), cause });
}

/** How long a server may say nothing: its own time limit ends a statement before this. */
export function silenceMs(database: DatabaseSettings): number {
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
