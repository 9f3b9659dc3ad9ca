import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { columnOf } from '../../shared/database/sql/table.ts';
import type { InstallVariant } from '../../shared/demo/install-schema.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { OPTIONAL_COLUMNS } from '../../shared/flow/columns.ts';
import { discovery } from '../../shared/flow/discovery.ts';
import type { RecordName } from '../../shared/flow/model.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { rules } from '../../shared/rules/builtin/index.ts';
import type { WriteSession } from '../../shared/session.ts';
import { but, flow, WAITING } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

const plainInstall: InstallVariant = { schema: 'migration', linkTarget: 'none', statusCheck: false };

/** Wrong in the child, in the master, in the link of its import and in its progress. */
const BROKEN = but(WAITING, {
  child: { status: 'running', progress_percentage: 0 },
  master: { flow_status: 'initialized' },
  import: { master_flow_id: null },
});
const BROKEN_RULES = [
  'child-status-should-wait',
  'master-status-out-of-step',
  'import-unlinked',
  'progress-out-of-step',
  'approval-pending',
];

/** An install with one broken and one healthy flow. */
async function twoFlows(variant: InstallVariant = plainInstall) {
  const broken = flow(variant, BROKEN);
  const healthy = flow(variant);
  const install = await makeInstall('PostgreSQL', () => [broken, healthy], variant);
  return { install, broken: broken.flowId, healthy: healthy.flowId };
}

const rulesOf = async (session: WriteSession, flowId: string) =>
  (await diagnose(session, flowId)).diagnosis.findings.map((finding) => finding.rule);

/** Diagnosed alone and in a scan, mended, taken back. */
async function isMendedAndGivenBack(install: Install, session: WriteSession, flowId: string): Promise<void> {
  expect((await rulesOf(session, flowId)).sort()).toEqual([...BROKEN_RULES].sort());
  const { flows } = await scan(session);
  expect(flows.find((one) => one.flowId === flowId)?.findings.length).toBe(BROKEN_RULES.length);
  const before = await install.everyRow();
  const plan = planRepair(session, (await diagnose(session, flowId)).facts);
  const applied = await apply(session, plan, { createJournal: true });
  if (applied.kind !== 'applied') throw new Error(JSON.stringify(applied));
  expect(await rulesOf(session, flowId)).toEqual(['approval-pending']);
  expect((await apply(session, planUndo(session, applied.receipt), { createJournal: false })).kind).toBe('applied');
  expect(await install.everyRow()).toEqual(before);
}

let opened: Install | undefined;
const keep = <T extends { install: Install }>(made: T): T => {
  opened = made.install;
  return made;
};
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

test('a schema of another name, even an odd one', async () => {
  const { install, broken } = keep(await twoFlows({ ...plainInstall, schema: 'platform_2' }));
  await install.query('alter schema platform_2 rename to "Plat ""form"');
  const session = await install.session();
  expect(session.catalog.schema).toBe('Plat "form');
  expect((await rulesOf(session, broken)).sort()).toEqual([...BROKEN_RULES].sort());
  const run = await preview(session, planRepair(session, (await diagnose(session, broken)).facts));
  expect(run.kind).toBe('ran');
});

test('jsonb where most installs have json, and json for the persistence data', async () => {
  const { install, broken } = keep(await twoFlows({ ...plainInstall, swapsJson: true }));
  await isMendedAndGivenBack(install, await install.session(), broken);
});

test('a domain is what it is made of', async () => {
  const { install, broken } = keep(await twoFlows());
  await install.query(`
    create domain migration.flow_key as uuid;
    create domain migration.status_word as varchar(20) check (value <> 'dancing');
    alter table migration.discovery_flows alter flow_id type migration.flow_key, alter status type migration.status_word`);
  const session = await install.session();
  expect([...session.catalog.childStatuses]).not.toContain('waiting_for_user_approval');
  await isMendedAndGivenBack(install, session, broken);
});

test('an enum for the status and for the phase', async () => {
  const { install, broken, healthy } = keep(await twoFlows());
  await install.query(`
    create type migration.flow_status as enum ('running', 'processing', 'waiting_for_approval', 'completed');
    create type migration.flow_phase as enum ('data_import', 'field_mapping', 'data_cleansing');
    alter table migration.discovery_flows alter status drop default,
      alter status type migration.flow_status using status::text::migration.flow_status,
      alter current_phase type migration.flow_phase using current_phase::text::migration.flow_phase`);
  const session = await install.session();
  expect(await rulesOf(session, healthy)).toEqual([]);
  await isMendedAndGivenBack(install, session, broken);
});

test.each([
  ['as long as the longest word', 20],
  ['longer', 30],
])('words in columns of char(n), %s: blanks at the end mean nothing', async (_, length) => {
  const { install, broken, healthy } = keep(await twoFlows());
  await install.query(`
    alter table migration.discovery_flows alter status type char(${length}), alter current_phase type char(40),
      add check (status <> 'waiting_for_user_approval' and current_phase <> 'dancing'), add check (length(status) > 3);
    alter table migration.crewai_flow_state_extensions alter flow_status type char(${length})`);
  const session = await install.session();
  expect(columnOf(session.catalog.child, 'status')).toMatchObject({ type: 'bpchar', length });
  expect([...session.catalog.childStatuses]).toContain('waiting_for_approval');
  expect(await rulesOf(session, healthy)).toEqual([]);
  const plan = planRepair(session, (await diagnose(session, broken)).facts);
  expect((await preview(session, plan)).kind).toBe('ran');
  await isMendedAndGivenBack(install, session, broken);
});

test('a char(n) too short for the right word: said', async () => {
  const { install, broken } = keep(await twoFlows());
  await install.query('alter table migration.discovery_flows alter status type char(12)');
  const session = await install.session();
  const { leftOut } = planRepair(session, (await diagnose(session, broken)).facts);
  const why = 'does not take "waiting_for_approval": its length of at most 12 refuses it; paused would fit';
  expect(leftOut).toContainEqual(expect.objectContaining({ reason: 'schema', why: expect.stringContaining(why) }));
});

test('a status column too short for the right word: said, and the rest is mended', async () => {
  const { install, broken } = keep(await twoFlows());
  await install.query('alter table migration.discovery_flows alter status type varchar(12)');
  const session = await install.session();
  const plan = planRepair(session, (await diagnose(session, broken)).facts, { rules: ['child-status-should-wait'] });
  expect(plan.leftOut).toMatchObject([
    {
      reason: 'schema',
      why: expect.stringMatching(
        /discovery_flows.status does not take "waiting_for_approval": its length of at most 12 refuses it; paused would fit/,
      ),
    },
  ]);
  expect((await preview(session, planRepair(session, (await diagnose(session, broken)).facts))).kind).not.toBe('stale');
});

test.each([
  ['discovery_flows', 'flow_id', 'varchar(36)', 'character varying'],
  ['crewai_flow_state_extensions', 'flow_id', 'text', 'text'],
  ['data_imports', 'master_flow_id', 'text', 'text'],
])('an id that is no uuid is named with its type: %s.%s', async (table, column, type, named) => {
  const { install } = keep(await twoFlows());
  await install.query(`
    alter table migration.crewai_flow_state_extensions drop constraint crewai_flow_state_extensions_parent_flow_id_fkey;
    alter table migration.${table} alter ${column} type ${type}`);
  await expect(install.session()).rejects.toMatchObject({
    code: 'wrong-schema',
    message: `migration.${table}.${column} is ${named} and would have to be uuid.`,
  });
});

test.each([
  ['data_imports', 'total_records', 'bigint', '3000000000'],
  ['crewai_flow_state_extensions', 'retry_count', 'numeric', 'NaN'],
  ['crewai_flow_state_extensions', 'retry_count', 'float8', 'Infinity'],
])('a count that is none, in %s.%s of type %s, fails nothing', async (table, column, type, count) => {
  const { install, broken, healthy } = keep(await twoFlows());
  await install.query(`alter table migration.${table} alter ${column} type ${type}`);
  await install.query(`update migration.${table} set ${column} = $1`, [count]);
  const session = await install.session();
  expect((await scan(session, { reach: 'every flow' })).totals).toMatchObject({ flows: 2, error: 1 });
  expect(await rulesOf(session, healthy)).toEqual([]);
  expect((await rulesOf(session, broken)).sort()).toEqual([...BROKEN_RULES].sort());
});

test.each([
  ...['smallint', 'integer', 'numeric(3, 0)', 'numeric(3)'].map((type) => [type, 0] as const),
  ...['numeric(5, 2)', 'numeric', 'real'].map((type) => [type, 1] as const),
])('where progress is kept as %s, what should be there has %d decimals', async (type, decimals) => {
  const { install, broken, healthy } = keep(await twoFlows());
  await install.query(`alter table migration.discovery_flows alter progress_percentage type ${type}`);
  const session = await install.session();
  expect(session.catalog.progressDecimals).toBe(decimals);
  expect(await rulesOf(session, healthy)).toEqual([]);
  await isMendedAndGivenBack(install, session, broken);
});

test('raw records may point to the other key of the master than imports do', async () => {
  const { install, broken, healthy } = keep(await twoFlows());
  await install.query(`
    update migration.raw_import_records r set master_flow_id = m.id
    from migration.crewai_flow_state_extensions m where m.flow_id = r.master_flow_id;
    alter table migration.raw_import_records add foreign key (master_flow_id)
      references migration.crewai_flow_state_extensions (id);
    update migration.raw_import_records r set master_flow_id = null
    from migration.discovery_flows c where c.data_import_id = r.data_import_id and c.flow_id = '${broken}'`);
  const session = await install.session();
  const { diagnosis, facts } = await diagnose(session, healthy);
  expect(diagnosis.findings).toEqual([]);
  expect(diagnosis.links.map(({ record, meaning, right, other }) => [record, meaning, right, other])).toContainEqual([
    'rawRecords',
    `the master's id, of import ${facts.row.import_own}`,
    2,
    0,
  ]);
  await isMendedAndGivenBack(install, session, broken);
});

test('raw records without a foreign key may hold either key of the master, where imports have one', async () => {
  const { install, healthy } = keep(await twoFlows({ ...plainInstall, linkTarget: 'id' }));
  await install.query(`
    alter table migration.raw_import_records drop constraint raw_import_records_master_flow_id_fkey;
    update migration.raw_import_records r set master_flow_id = m.flow_id
    from migration.crewai_flow_state_extensions m where m.id = r.master_flow_id`);
  const { diagnosis } = await diagnose(await install.session(), healthy);
  expect([diagnosis.findings, diagnosis.gaps]).toEqual([[], []]);
});

test('an optional column of another type is left out, and said', async () => {
  const { install, healthy } = keep(await twoFlows());
  await install.query(`alter table migration.discovery_flows alter progress_percentage drop default,
    alter progress_percentage type text`);
  const session = await install.session();
  const { diagnosis } = await diagnose(session, healthy);
  expect(diagnosis.findings).toEqual([]);
  expect(diagnosis.notices).toEqual([
    'discovery_flows.progress_percentage is text and would have to be double precision',
  ]);
  expect(diagnosis.notAsked.map(({ rule }) => rule)).toContain('progress-out-of-step');
});

test('the tables in several schemas: FLOWMEND_SCHEMA is asked for', async () => {
  const { install } = keep(await twoFlows({ ...plainInstall, schema: 'blue' }));
  await install.query('create schema green; create table green.discovery_flows (like blue.discovery_flows)');
  await expect(install.session()).rejects.toMatchObject({
    code: 'wrong-schema',
    message: 'discovery_flows is in several schemas: blue, green.',
    next: 'Set FLOWMEND_SCHEMA to the one to use.',
  });
  expect((await install.session({ FLOWMEND_SCHEMA: 'blue' })).catalog.schema).toBe('blue');
});

test("a leftover beside the platform's own schema is named, and not looked at", async () => {
  const { install, broken } = keep(await twoFlows());
  await install.query('create table public.discovery_flows (like migration.discovery_flows)');
  const { diagnosis } = await diagnose(await install.session(), broken);
  expect(diagnosis.notices).toEqual([
    'public holds discovery_flows too; migration is looked at, unless FLOWMEND_SCHEMA names another',
  ]);
});

describe('each optional column may be missing', () => {
  let made: Awaited<ReturnType<typeof twoFlows>>;
  beforeAll(async () => {
    made = await twoFlows();
  });
  afterAll(() => made.install.close());
  const cases = (Object.keys(OPTIONAL_COLUMNS) as RecordName[]).flatMap((record) =>
    Object.keys(OPTIONAL_COLUMNS[record]).map((key) => {
      const columns: Record<string, string> = discovery[record].columns;
      return { record, key, table: discovery[record].table, column: columns[key] ?? '' };
    }),
  );

  test.each(cases)('$table.$column', async ({ record, key, table, column }) => {
    const { install, broken, healthy } = made;
    await install.query(`alter table migration.${table} rename ${column} to gone`);
    try {
      const session = await install.session();
      const found = await scan(session, { healthy: true, reach: 'every flow' });
      expect(found.flows.map((one) => one.flowId).sort()).toEqual([broken, healthy].sort());
      const { diagnosis, facts } = await diagnose(session, broken);
      // Nothing is found that is not there.
      for (const rule of await rulesOf(session, broken)) expect(BROKEN_RULES).toContain(rule);
      expect(await rulesOf(session, healthy)).toEqual([]);
      expect(found.flows.find((one) => one.flowId === healthy)?.findings).toEqual([]);
      // And what cannot be asked is said.
      for (const { notices } of [found, diagnosis]) expect(notices).toEqual([`${table} has no column ${column}`]);
      if (record === 'child' || record === 'master') {
        const resting = rules.filter((rule) => (rule.restsOn[record] as readonly string[] | undefined)?.includes(key));
        expect(diagnosis.notAsked.map(({ rule }) => rule).sort()).toEqual(resting.map(({ id }) => id).sort());
      }
      expect((await preview(session, planRepair(session, facts))).kind).toBe('ran');
    } finally {
      await install.query(`alter table migration.${table} rename gone to ${column}`);
    }
  });
});

test('a partitioned table of flows', async () => {
  const { install, broken, healthy } = keep(await twoFlows());
  await install.query(`
    alter table migration.discovery_flows rename to old_flows;
    create table migration.discovery_flows (like migration.old_flows including defaults,
      primary key (id, client_account_id), unique (flow_id, client_account_id))
      partition by hash (client_account_id);
    create table migration.flows_0 partition of migration.discovery_flows for values with (modulus 2, remainder 0);
    create table migration.flows_1 partition of migration.discovery_flows for values with (modulus 2, remainder 1);
    insert into migration.discovery_flows select * from migration.old_flows;
    drop table migration.old_flows`);
  const session = await install.session();
  // Its keys are more than the id, and good enough: no scan looks for a flow that is there twice.
  expect(columnOf(session.catalog.child, 'flow_id')).toMatchObject({ identifies: true });
  expect(await rulesOf(session, healthy)).toEqual([]);
  await isMendedAndGivenBack(install, session, broken);
});

test('an unknown flow is no healthy flow', async () => {
  const { install } = keep(await twoFlows());
  await expect(diagnose(await install.session(), randomUUID())).rejects.toMatchObject({ code: 'unknown-flow' });
});
