import { afterEach, expect, test } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { but, flow, WAITING } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { repairRole } from '../support/roles.ts';

let install: Install;
afterEach(() => install.close());

const broken = but(WAITING, { child: { status: 'running' } });

test('a CHECK decides what a status may be: PostgreSQL is asked, its text is not parsed', async () => {
  install = await makeInstall('PostgreSQL', () => [], {
    schema: 'migration',
    linkTarget: 'flow_id',
    statusCheck: true,
  });
  const { catalog } = await install.session();
  expect([...catalog.masterStatuses]).not.toContain('running');
  expect([...catalog.masterStatuses]).toContain('waiting_for_approval');
  expect(catalog.linkTargets.import).toBe('flow_id');
});

test('the length of a column decides too', async () => {
  install = await makeInstall('PostgreSQL', () => []);
  const { catalog } = await install.session();
  expect([...catalog.childStatuses]).toContain('waiting_for_approval');
  expect([...catalog.childStatuses]).not.toContain('waiting_for_user_approval');
});

test('a value that this install does not take is never proposed; the plan says why', async () => {
  let flowId = '';
  install = await makeInstall('PostgreSQL', (variant) => {
    const rows = flow(variant, broken);
    flowId = rows.flowId;
    return [rows];
  });
  await install.query(`alter table migration.discovery_flows add check (status <> 'waiting_for_approval')`);
  const session = await install.session();
  const plan = planRepair(session, (await diagnose(session, flowId)).facts);
  expect(plan.leftOut).toContainEqual({
    flowId,
    rule: 'child-status-should-wait',
    reason: 'schema',
    why: expect.stringMatching(
      /^this install's discovery_flows\.status does not take "waiting_for_approval": the CHECK \w+ refuses it/,
    ),
    options: [],
  });
  expect(plan.steps.flatMap((step) => step.writes.map((write) => write.rule))).not.toContain(
    'child-status-should-wait',
  );
});

test('an enum instead of a varchar', async () => {
  install = await makeInstall('PostgreSQL', () => []);
  await install.query(`
    create type migration.flow_status as enum ('active', 'processing', 'completed');
    alter table migration.discovery_flows alter status drop default,
      alter status type migration.flow_status using status::migration.flow_status`);
  const { catalog } = await install.session();
  expect([...catalog.childStatuses].sort()).toEqual(['active', 'completed', 'processing']);
});

test('the schema with the flow tables is found by itself', async () => {
  install = await makeInstall('PostgreSQL', () => [], { schema: 'elsewhere', linkTarget: 'none', statusCheck: false });
  expect((await install.session()).catalog.schema).toBe('elsewhere');
});

test('an install without raw records can be diagnosed', async () => {
  let flowId = '';
  install = await makeInstall('PostgreSQL', (variant) => {
    const rows = flow(variant, broken);
    flowId = rows.flowId;
    return [rows];
  });
  await install.query('drop table migration.raw_import_records');
  const session = await install.session();
  const { diagnosis } = await diagnose(session, flowId);
  expect(diagnosis.import?.candidates[0]).toMatchObject({ totalRecords: 2, rawRecords: null });
});

test('which server it is: by its identifier, and where the role may not ask for that, without', async () => {
  install = await makeInstall('PostgreSQL', () => []);
  const [asked] = await install.query(`
    select system_identifier::text as system, oid::int as database, datname as name
    from pg_control_system(), pg_database where datname = current_database()`);
  const { server, databaseName } = (await install.session()).catalog;
  expect({ ...server, name: databaseName }).toEqual(asked);
  await install.query('revoke execute on function pg_control_system() from public');
  const limited = await install.session({ FLOWMEND_DATABASE_URL: await repairRole(install, `role_${Date.now()}`) });
  expect(limited.catalog.server).toEqual({ ...server, system: null });
});
