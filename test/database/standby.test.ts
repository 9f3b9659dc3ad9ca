import pg from 'pg';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertFlows } from '../../shared/demo/flow-rows.ts';
import { installSchema, olderInstall } from '../../shared/demo/install-schema.ts';
import { locate } from '../../shared/diagnose/locate/locate.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { scanFlows } from '../../shared/diagnose/scan/scan-flows.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { openSession, type WriteSession, writable } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { flow } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { startStandby } from '../support/standby-server.ts';

const broken = flow(olderInstall, { child: { progress_percentage: 0 } });
let primary: PostgresServer;
let standby: PostgresServer;
let session: WriteSession;

beforeAll(async () => {
  primary = await startPostgres();
  const client = new pg.Client({ connectionString: primary.url });
  await client.connect();
  await client.query(installSchema(olderInstall));
  await insertFlows((text, values) => client.query(text, values), olderInstall.schema, [broken, flow(olderInstall)]);
  await client.end();
  standby = await startStandby(primary);
  session = writable(await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: standby.url })));
});
afterAll(async () => {
  await session?.close();
  await standby?.stop();
  await primary?.stop();
});

test('a standby answers everything that reads', async () => {
  expect(await session.reader.read(sql`select pg_is_in_recovery() as standby`)).toEqual([{ standby: true }]);
  const { totals, flows } = await scan(session);
  expect([totals.flows, flows.map((one) => one.flowId)]).toEqual([2, [broken.flowId]]);
  const { diagnosis } = await diagnose(session, broken.flowId);
  expect(diagnosis.findings.map(({ rule }) => rule)).toEqual(['progress-out-of-step']);
  const { locations, unread } = await locate(session, broken.flowId, { json: true });
  expect([locations.length, unread]).toEqual([3, []]);
});

test('a scan of it can be stopped', async () => {
  const controller = new AbortController();
  controller.abort();
  const passing = scanFlows(session, { signal: controller.signal });
  await expect(passing.next()).rejects.toMatchObject({ code: 'cancelled' });
});

test('a preview and an apply say in one line that nothing can be written here', async () => {
  const plan = planRepair(session, (await diagnose(session, broken.flowId)).facts);
  expect(plan.mends).toHaveLength(1);
  const readOnly = {
    code: 'read-only',
    message: 'This server is a read-only replica: nothing can be previewed or written here.',
    next: 'Point FLOWMEND_DATABASE_URL at the primary server.',
  };
  await expect(preview(session, plan)).rejects.toMatchObject(readOnly);
  await expect(apply(session, plan, { createJournal: true })).rejects.toMatchObject({
    ...readOnly,
    message: `${readOnly.message} Nothing was written.`,
  });
});

test('the same from the command line: refused, with the way on', async () => {
  const environment = { FLOWMEND_DATABASE_URL: standby.url };
  expect((await flowmend(['scan'], environment)).code).toBe(1);
  const { code, stderr } = await flowmend(['apply', broken.flowId, '--yes'], environment);
  expect([code, stderr.split('\n').length]).toEqual([5, 3]);
  expect(stderr).toContain('read-only replica');
});
