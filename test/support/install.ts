import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import pg from 'pg';
import { inject } from 'vitest';
import { type DemoApiOptions, startDemoApi } from '../../shared/demo/demo-api.ts';
import { type FlowRows, insertFlows } from '../../shared/demo/flow-rows.ts';
import { type InstallVariant, installSchema, olderInstall } from '../../shared/demo/install-schema.ts';
import { openSession, type WriteSession, writable } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { transactOn } from './transact.ts';

/** A database of its own with the platform's tables, on a real server. */
export interface Install {
  readonly url: string;
  readonly variant: InstallVariant;
  query(text: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Every row of the flow tables as text, for comparing byte for byte. */
  everyRow(): Promise<unknown>;
  session(environment?: Record<string, string>): Promise<WriteSession>;
  /** Takes every row of the flow tables out and puts these in. The journal stays. */
  refill(flows: readonly FlowRows[]): Promise<void>;
  startApi(options?: Partial<DemoApiOptions>): Promise<string>;
  close(): Promise<void>;
}

export type Engine = 'PostgreSQL' | 'PGlite';

/** Where a test says nothing else: a slow machine is no failure. */
const PATIENT = { FLOWMEND_CONNECT_TIMEOUT_MS: '60000', FLOWMEND_STATEMENT_TIMEOUT_MS: '240000' };

function tablesOf({ lacksOptionalTables, assessments }: InstallVariant): string[] {
  return [
    ...['discovery_flows', 'crewai_flow_state_extensions', 'data_imports'],
    ...(lacksOptionalTables ? [] : ['raw_import_records', 'import_field_mappings']),
    ...(assessments ? ['assessment_flows'] : []),
  ];
}

/** Makes a database on the engine, or on the server of this URL, with the tables of the variant and the rows of the flows. */
export async function makeInstall(
  engine: Engine,
  flows: (variant: InstallVariant) => readonly FlowRows[],
  variant: InstallVariant = olderInstall,
  serverUrl?: string,
): Promise<Install> {
  const server = engine === 'PostgreSQL' ? await newDatabase(serverUrl ?? inject('postgresUrl')) : await newPGlite();
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => {});
  await client.connect();
  const query = async (text: string, parameters?: unknown[]) =>
    (await client.query(text, parameters)).rows as Record<string, unknown>[];
  await client.query(installSchema(variant));
  const withRecords = (rows: FlowRows) =>
    variant.lacksOptionalTables ? { ...rows, rawRecords: [], mappingRows: [] } : rows;
  const fill = (rows: readonly FlowRows[]) => insertFlows(query, variant.schema, rows.map(withRecords));
  await fill(flows(variant));
  const closers: (() => Promise<unknown>)[] = [() => client.end(), server.close];
  return {
    url: server.url,
    variant,
    query,
    everyRow: () =>
      query(
        tablesOf(variant)
          .map((table) => `select '${table}' as table, id, t::text as row from ${variant.schema}.${table} t`)
          .join(' union all ')
          .concat(' order by 1, 2'),
      ),
    async session(environment = {}) {
      const session = await openSession(
        settingsFrom({ FLOWMEND_DATABASE_URL: server.url, ...PATIENT, ...environment }),
      );
      closers.unshift(() => session.close());
      return writable(session);
    },
    async refill(rows) {
      await client.query(`truncate ${tablesOf(variant).map((table) => `${variant.schema}.${table}`)} cascade`);
      await fill(rows);
    },
    async startApi(options = {}) {
      const linkColumn = variant.linkTarget === 'id' ? 'id' : 'flow_id';
      const api = await startDemoApi(transactOn(client), {
        schema: variant.schema,
        linkColumn,
        intelligent: true,
        ...options,
      });
      closers.unshift(() => new Promise((resolve) => api.server.close(resolve)));
      return api.url;
    },
    async close() {
      for (const close of closers) await close();
    },
  };
}

async function newDatabase(serverUrl: string): Promise<{ url: string; close(): Promise<void> }> {
  const name = `flowmend_${randomUUID().replaceAll('-', '')}`;
  const admin = async (statement: string) => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await unused(() => client.query(statement)).finally(() => client.end());
  };
  await admin(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, close: () => admin(`drop database ${name} with (force)`) };
}

const DATABASE_IN_USE = '55006';
const LONGEST_WAIT_MS = 120_000;

/** PostgreSQL itself waits five seconds for those who leave a database, such as a vacuum of the template. */
async function unused(work: () => Promise<unknown>): Promise<void> {
  for (const deadline = Date.now() + LONGEST_WAIT_MS; ; ) {
    try {
      await work();
      return;
    } catch (thrown) {
      if ((thrown as { code?: string }).code !== DATABASE_IN_USE || Date.now() > deadline) throw thrown;
      await sleep(100);
    }
  }
}

async function newPGlite(): Promise<{ url: string; close(): Promise<void> }> {
  const database = await PGlite.create();
  const sockets = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0, maxConnections: 20 });
  await sockets.start();
  return {
    url: `postgresql://postgres@${sockets.getServerConn()}/postgres`,
    async close() {
      await sockets.stop();
      await database.close();
    },
  };
}
