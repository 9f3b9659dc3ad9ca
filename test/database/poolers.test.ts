import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { broken } from '../soak/broken-flows.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { type Pooler, startPgbouncer } from '../support/pgbouncer.ts';

/** Everything that one use of a connection can leave to the next, as its user sees it. */
const LEFT_BEHIND = `select json_build_object(
  'settings', (select json_object_agg(name, setting order by name) from pg_settings),
  'transaction_read_only', current_setting('transaction_read_only'),
  'advisory locks', (select count(*) from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())),
  'prepared statements', (select count(*) from pg_prepared_statements),
  'cursors', (select count(*) from pg_cursors),
  'temporary tables', (select count(*) from pg_class where relpersistence = 't'),
  'channels', (select count(*) from pg_listening_channels())
) as left_behind`;

describe('by the transaction: the platform and Flowmend take turns on one connection of the server', () => {
  let install: Install;
  let pooler: Pooler;
  let platform: pg.Client;
  let folder: string;
  let environment: Record<string, string>;
  let before: unknown;
  let [stuck, other] = ['', ''];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
    install = await makeInstall('PostgreSQL', (variant) => {
      const flows = Array.from({ length: 6 }, () => broken(variant));
      [stuck = '', other = ''] = flows.map(({ flowId }) => flowId);
      return flows;
    });
    pooler = await startPgbouncer(inject('postgresUrl'), 'transaction');
    platform = new pg.Client({ connectionString: pooler.through(install.url) });
    await platform.connect();
    environment = { FLOWMEND_DATABASE_URL: pooler.through(install.url), FLOWMEND_API_URL: await install.startApi() };
    before = await leftBehind();
  });
  afterAll(async () => {
    await platform?.end();
    await pooler?.stop();
    await install?.close();
    await rm(folder, { recursive: true });
  });

  async function leftBehind(): Promise<unknown> {
    // Its settings are there from its first use on.
    await platform.query('do $$ begin end $$');
    const [row] = (await platform.query(LEFT_BEHIND)).rows;
    return row.left_behind;
  }

  /** The platform finds its connection as it was, and can write. */
  async function undisturbed(): Promise<void> {
    expect(await leftBehind()).toEqual(before);
    const { rowCount } = await platform.query('update migration.discovery_flows set flow_name = flow_name');
    expect(rowCount).toBe(6);
  }

  async function latestReceipt(): Promise<string> {
    const [latest] = await install.query('select id from flowmend.journal order by applied_at desc limit 1');
    return String(latest?.id);
  }

  const plan = () => join(folder, 'plan.json');
  test.each<[title: string, args: () => string[] | Promise<string[]>, code: number]>([
    ['scan', () => ['scan'], 1],
    ['deep scan', () => ['scan', '--deep'], 1],
    ['diagnose', () => ['diagnose', stuck], 1],
    ['diagnose what is not there', () => ['diagnose', '00000000-0000-4000-8000-000000000000'], 2],
    ['locate', () => ['locate', stuck, '--inside-json'], 0],
    ['export', () => ['export', stuck, '-o', join(folder, 'export.json')], 0],
    ['plan', () => ['plan', stuck, '-o', plan()], 1],
    ['preview', () => ['preview', plan()], 1],
    ['apply, with a new journal', () => ['apply', plan(), '--yes'], 0],
    ['apply once more', () => ['apply', plan(), '--yes'], 0],
    ['journal', () => ['journal'], 0],
    ['resume', () => ['resume', stuck, '--yes'], 0],
    ['apply by id', () => ['apply', other, '--yes'], 0],
    ['undo', async () => ['undo', await latestReceipt(), '--yes'], 0],
    ['preview of many', () => ['preview', '--all'], 1],
    ['apply to many', () => ['apply', '--all', '--yes'], 0],
  ])('%s', async (_, args, code) => {
    const ended = await flowmend(await args(), environment);
    expect([ended.code, ended.stderr]).toEqual([code, expect.any(String)]);
    await undisturbed();
  });

  test('a scan that is cancelled ends on the server too, and the platform keeps its connection', async () => {
    const session = await install.session({ FLOWMEND_DATABASE_URL: pooler.through(install.url) });
    const [holder] = [new pg.Client({ connectionString: install.url })];
    await holder.connect();
    await holder.query('begin; lock table migration.discovery_flows in access exclusive mode');
    const controller = new AbortController();
    const scanned = scan(session, { signal: controller.signal }).catch((thrown: unknown) => thrown);
    const waiting = () =>
      install.query(`select wait_event_type from pg_stat_activity
        where datname = current_database() and application_name = 'flowmend' and state = 'active'`);
    await expect.poll(waiting).toEqual([{ wait_event_type: 'Lock' }]);
    controller.abort();
    expect(await scanned).toMatchObject({ code: 'cancelled' });
    await expect.poll(waiting).toEqual([]);
    await holder.query('rollback');
    await holder.end();
    await undisturbed();
  });

  test('many reads at once wait for their turn', async () => {
    const session = await install.session({ FLOWMEND_DATABASE_URL: pooler.through(install.url) });
    const reads = await Promise.all(Array.from({ length: 12 }, () => scan(session)));
    expect(reads.map(({ totals }) => totals.flows)).toEqual(Array.from({ length: 12 }, () => 6));
    await undisturbed();
  });
});

test('by the statement: refused in one sentence, and nothing is left behind', async () => {
  const install = await makeInstall('PostgreSQL', (variant) => [broken(variant)]);
  const pooler = await startPgbouncer(inject('postgresUrl'), 'statement');
  const { code, stdout, stderr } = await flowmend(['scan'], { FLOWMEND_DATABASE_URL: pooler.through(install.url) });
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain('hands out its connections by the statement, and Flowmend needs transactions');
  await pooler.stop();
  await install.close();
});

test('by the session: as without a pooler', async () => {
  const install = await makeInstall('PostgreSQL', (variant) => [broken(variant)]);
  const pooler = await startPgbouncer(inject('postgresUrl'), 'session');
  const { code } = await flowmend(['scan'], { FLOWMEND_DATABASE_URL: pooler.through(install.url) });
  expect(code).toBe(1);
  await pooler.stop();
  await install.close();
});
