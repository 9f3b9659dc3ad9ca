import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { locatableTables } from '../../shared/diagnose/locate/locatable-tables.ts';
import { locate } from '../../shared/diagnose/locate/locate.ts';
import { typedColumns } from '../../shared/diagnose/locate/locate-statements.ts';
import { type ScanFlowsOptions, scanFlows } from '../../shared/diagnose/scan/scan-flows.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { openSession, type Session } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { compared, median, rounded } from './stopwatch.ts';

/** One line of the results: what was measured against which bar. */
export interface Figure {
  readonly work: string;
  readonly bar: number;
  readonly measured: number;
  readonly detail: object;
}

/** PostgreSQL would leave outer joins out that nothing is read from, so columns of all three are counted. */
const BARE_JOIN = `select count(*), count(m.id), count(i.id) from migration.discovery_flows c
  left join migration.crewai_flow_state_extensions m on m.flow_id = c.flow_id
  left join migration.data_imports i on i.id = c.data_import_id`;

/** What people run today: every column as text, JSON by LIKE, table by table. */
const TEXT_SCAN = ['discovery_flows', 'crewai_flow_state_extensions', 'data_imports'].map(
  (table) => `select count(*) from migration.${table} t where t::text like '%' || $1 || '%'`,
);

/** Every figure of the reading half, on a server that holds a large fleet. */
export async function diagnosisFigures(url: string): Promise<Figure[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const environment = { FLOWMEND_DATABASE_URL: url, FLOWMEND_STATEMENT_TIMEOUT_MS: '3600000' };
  const session = await openSession(settingsFrom(environment));
  const bareJoin = () => client.query(BARE_JOIN);
  const scanAll = (of: Session, options: ScanFlowsOptions = {}) => drained(scanFlows(of, options));
  const flowId = await someFlow(client);

  const plain = await compared(() => scanAll(session), bareJoin);
  const deep = await compared(() => scanAll(session, { reach: 'every flow' }), bareJoin, 3);
  const rules = await compared(
    () => scanAll(withRules(session, 20)),
    () => scanAll(withRules(session, 5)),
  );
  const figures: Figure[] = [
    {
      work: `scan with all ${session.rules.asked.length} rules / bare join`,
      bar: 1.6,
      measured: plain.ratio,
      detail: plain,
    },
    { work: 'scan with 20 rules / with 5', bar: 1.3, measured: rules.ratio, detail: rules },
    { work: 'deep scan / bare join', bar: 4, measured: deep.ratio, detail: deep },
  ];

  const since = await touch(client, 1_000);
  const changed = () => scanAll(session, { changedSince: since });
  const unindexed = await compared(changed, () => scanAll(session), 3);
  for (const table of ['discovery_flows', 'crewai_flow_state_extensions', 'data_imports']) {
    await client.query(`create index on migration.${table} (updated_at)`);
  }
  await client.query('create index on migration.discovery_flows (master_flow_id)');
  await client.query('create index on migration.discovery_flows (data_import_id)');
  const indexed = await compared(changed, () => scanAll(session), 3);
  figures.push(
    {
      work: 'rescan of 1,000 changed flows / full scan, updated_at indexed',
      bar: 1 / 40,
      measured: indexed.ratio,
      detail: indexed,
    },
    { work: 'the same without such an index', bar: 1 / 40, measured: unindexed.ratio, detail: unindexed },
  );

  const statements = await statementsOf(session, flowId);
  figures.push({
    work: 'statements for the diagnosis of one flow',
    bar: 1,
    measured: statements,
    detail: {
      milliseconds: await median(() => diagnose(session, flowId)),
    },
  });

  const searched = () =>
    compared(
      () => locate(session, flowId),
      async () => {
        for (const text of TEXT_SCAN) await client.query(text, [flowId]);
      },
      3,
    );
  const unindexedSearch = await searched();
  await indexIds(client, session);
  const search = await searched();
  figures.push(
    {
      work: 'locate / text-cast-and-LIKE scan, every column that can hold an id indexed',
      bar: 1 / 1000,
      measured: search.ratio,
      detail: search,
    },
    {
      work: 'the same where columns without an index are read',
      bar: 1 / 1000,
      measured: unindexedSearch.ratio,
      detail: unindexedSearch,
    },
  );

  const memory = await peakMemory(environment);
  figures.push({ work: 'memory of Node during a full scan, MB', bar: 150, measured: memory, detail: {} });
  await session.close();

  await unlinkImports(client);
  const unlinked = await openSession(settingsFrom(environment));
  const scanUnlinked = await compared(() => scanAll(unlinked), bareJoin, 3);
  figures.push({
    work: 'scan with all rules / bare join, where no import is linked',
    bar: 1.6,
    measured: scanUnlinked.ratio,
    detail: scanUnlinked,
  });
  await unlinked.close();
  await client.end();
  return figures;
}

async function drained(stream: AsyncIterable<unknown>): Promise<number> {
  let passed = 0;
  for await (const _ of stream) passed++;
  return passed;
}

/** The same session with fewer rules, taken evenly from all. */
function withRules(session: Session, count: number): Session {
  const { asked } = session.rules;
  const some = asked.filter(
    (_, index) => Math.floor((index * count) / asked.length) !== Math.floor(((index - 1) * count) / asked.length),
  );
  return { ...session, rules: { ...session.rules, asked: some } };
}

async function someFlow(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ flow_id: string }>(
    `select flow_id from migration.discovery_flows where status = 'waiting_for_approval' limit 1`,
  );
  return rows[0]?.flow_id ?? '';
}

/** Writes some flows as the platform would, and returns the time from which on they were written. */
async function touch(client: pg.Client, flows: number): Promise<string> {
  const { rows } = await client.query<{ at: string }>(`select to_json(now()) #>> '{}' as at`);
  await client.query(
    `update migration.discovery_flows set updated_at = now()
     where id in (select id from migration.discovery_flows order by flow_id limit $1)`,
    [flows],
  );
  return rows[0]?.at ?? '';
}

/** Gives every column that can hold an id an index: without one PostgreSQL has to read the table, whoever asks. */
async function indexIds(client: pg.Client, { reader }: Session): Promise<void> {
  for (const table of await locatableTables(reader)) {
    for (const { name } of typedColumns(table).filter(({ indexed }) => !indexed)) {
      await client.query(`create index on ${table.schema}.${table.name} (${name})`);
    }
  }
}

/** As on installs where no import was ever linked. */
async function unlinkImports(client: pg.Client): Promise<void> {
  await client.query('update migration.data_imports set master_flow_id = null');
  await client.query('vacuum (full, analyze) migration.data_imports');
}

async function statementsOf(session: Session, flowId: string): Promise<number> {
  let statements = 0;
  const read = (statement: Sql) => {
    statements++;
    return session.primary.read(statement);
  };
  await diagnose({ ...session, reader: { ...session.reader, read }, primary: { read } }, flowId);
  return statements;
}

/** The most memory that the built command held while it streamed a scan, in MB. */
async function peakMemory(environment: Record<string, string>): Promise<number> {
  const child = spawn(process.execPath, ['dist/flowmend.js', 'scan', '--stream'], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peak = 0;
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
  }, 20);
  await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  return rounded(peak / 1024);
}
