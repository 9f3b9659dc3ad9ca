import type { PGlite } from '@electric-sql/pglite';
import { assessments } from './assessments.ts';
import { startDemoApi, type Transact } from './demo-api.ts';
import { fleet } from './fleet.ts';
import { insertFlows } from './flow-rows.ts';
import { installSchema, olderInstall } from './install-schema.ts';
import { stuckFlow } from './stuck-flow.ts';

/** A running demo: an embedded PostgreSQL with 41 discovery and 3 assessment flows and a platform API, both on loopback. */
export interface Demo {
  /** What the settings are made of, as in any environment. */
  readonly environment: { FLOWMEND_DATABASE_URL: string; FLOWMEND_API_URL: string };
  /** Stops both; nothing is left behind: the database lives in memory. */
  close(): Promise<void>;
}

/** Starts the demo inside this process: PGlite behind its socket server, so that `pg` is the client here too. */
export async function openDemo(): Promise<Demo> {
  const [{ PGlite }, { PGLiteSocketServer }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite-socket'),
  ]);
  const database = await PGlite.create();
  await database.exec(installSchema({ ...olderInstall, assessments: true }));
  const { schema } = olderInstall;
  const run = async (text: string, parameters?: unknown[]) => (await database.query(text, parameters)).rows;
  const now = new Date();
  await insertFlows(run, schema, [stuckFlow(olderInstall), ...fleet(olderInstall, now), ...assessments(now)]);

  const sockets = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0, maxConnections: 20 });
  await sockets.start();
  const api = await startDemoApi(transactOn(database), { schema, linkColumn: 'id', intelligent: true });
  return {
    environment: {
      FLOWMEND_DATABASE_URL: `postgresql://postgres@${sockets.getServerConn()}/demo`,
      FLOWMEND_API_URL: api.url,
    },
    async close() {
      api.server.closeAllConnections();
      await new Promise((resolve) => api.server.close(resolve));
      await sockets.stop();
      await database.close();
    },
  };
}

function transactOn(database: PGlite): Transact {
  return (work) =>
    database.transaction((transaction) =>
      work(async (text, parameters) => (await transaction.query(text, parameters)).rows),
    );
}
