import pg from 'pg';
import { startDemoApi } from '../../shared/demo/demo-api.ts';
import { fleet } from '../../shared/demo/fleet.ts';
import { insertFlows } from '../../shared/demo/flow-rows.ts';
import { installSchema, olderInstall } from '../../shared/demo/install-schema.ts';
import { stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { transactOn } from '../support/transact.ts';

export interface Platform {
  readonly environment: { FLOWMEND_DATABASE_URL: string; FLOWMEND_API_URL: string };
  stop(): Promise<void>;
}

/** A real PostgreSQL with the stuck flow and 40 others, and the platform's API beside it. */
export async function startPlatform(): Promise<Platform> {
  const server = await startPostgres();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(installSchema(olderInstall));
  const run = (text: string, parameters?: unknown[]) => client.query(text, parameters);
  await insertFlows(run, olderInstall.schema, [stuckFlow(olderInstall), ...fleet(olderInstall, new Date())]);
  const api = await startDemoApi(transactOn(client), {
    schema: olderInstall.schema,
    linkColumn: 'id',
    intelligent: true,
  });
  return {
    environment: { FLOWMEND_DATABASE_URL: server.url, FLOWMEND_API_URL: api.url },
    async stop() {
      await new Promise((resolve) => api.server.close(resolve));
      await client.end();
      await server.stop();
    },
  };
}
