import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { locate } from '../../shared/diagnose/locate/locate.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { diagnosisText } from '../../shared/report/text/diagnosis-text.ts';
import { scanText } from '../../shared/report/text/scan-text.ts';
import { plain } from '../../shared/words/tone.ts';
import { flow } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

const ROLE = `seer_${process.pid}`;
let install: Install;
let asRole: Record<string, string>;
const rows = (variant: Parameters<typeof flow>[0]) => ({
  ours: flow(variant),
  theirs: flow(variant, { child: { progress_percentage: 0 } }),
  masterHidden: flow(variant),
});
let flows: ReturnType<typeof rows>;

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    flows = rows(variant);
    return Object.values(flows);
  });
  await install.query(`create role ${ROLE} login password 'x'; grant usage on schema migration to ${ROLE}`);
  const url = new URL(install.url);
  url.username = ROLE;
  url.password = 'x';
  asRole = { FLOWMEND_DATABASE_URL: url.href };
});
afterAll(async () => {
  await install.query(`drop owned by ${ROLE}; drop role ${ROLE}`);
  await install.close();
});

describe('row level security', () => {
  beforeAll(async () => {
    const { ours, masterHidden } = flows;
    const seen = `'${ours.flowId}', '${masterHidden.flowId}'`;
    await install.query(`
      grant select on all tables in schema migration to ${ROLE};
      alter table migration.discovery_flows enable row level security;
      alter table migration.crewai_flow_state_extensions enable row level security;
      create policy seen on migration.discovery_flows to ${ROLE} using (flow_id in (${seen}));
      create policy seen on migration.crewai_flow_state_extensions to ${ROLE} using (flow_id = '${ours.flowId}')`);
  });
  afterAll(() =>
    install.query(`
      revoke all on all tables in schema migration from ${ROLE};
      alter table migration.discovery_flows disable row level security;
      alter table migration.crewai_flow_state_extensions disable row level security`),
  );

  test('a scan of what is seen says that there may be more', async () => {
    const found = await scan(await install.session(asRole), { healthy: true });
    expect(found.totals.flows).toBe(2);
    expect(found.notices).toEqual([
      expect.stringContaining('row level security is on for discovery_flows'),
      expect.stringContaining('row level security is on for crewai_flow_state_extensions'),
    ]);
    expect(plain(scanText(found))).toContain('rows hidden from this role were not looked at');
  });

  test('healthy is said with its limit', async () => {
    const { diagnosis } = await diagnose(await install.session(asRole), flows.ours.flowId);
    expect([diagnosis.verdict, diagnosis.findings]).toEqual(['healthy', []]);
    expect(diagnosis.headline).toContain('as far as row level security lets this role see');
    expect(plain(diagnosisText(diagnosis))).toContain('row level security is on for discovery_flows');
  });

  test('a hidden master is missing, and the answer says that it may be hidden', async () => {
    const { diagnosis } = await diagnose(await install.session(asRole), flows.masterHidden.flowId);
    expect(diagnosis.findings.map(({ rule }) => rule)).toEqual(['master-missing']);
    expect(diagnosis.notices.join()).toContain('a record said to be missing may be one');
  });

  test('a hidden flow is unknown, not healthy', async () => {
    const refused = diagnose(await install.session(asRole), flows.theirs.flowId);
    await expect(refused).rejects.toMatchObject({ code: 'unknown-flow' });
  });

  test('locate says in which tables rows may be hidden', async () => {
    const found = await locate(await install.session(asRole), flows.theirs.flowId);
    expect(found.locations.map(({ table }) => table)).toEqual([]);
    expect(found.notices.join()).toContain('migration.discovery_flows');
  });

  test('a policy that asks for a setting of the session: said, with the way to give it', async () => {
    await install.query(`create policy ours on migration.discovery_flows to ${ROLE}
      using (client_account_id = current_setting('app.tenant')::uuid)`);
    const refused = scan(await install.session(asRole));
    await expect(refused).rejects.toMatchObject({
      code: 'no-rights',
      message: expect.stringContaining('unrecognized configuration parameter "app.tenant"'),
      next: expect.stringContaining('?options=-c%20app.tenant%3D'),
    });
    const url = new URL(asRole.FLOWMEND_DATABASE_URL ?? '');
    url.searchParams.set('options', '-c app.tenant=00000000-0000-4000-8000-000000000000');
    const found = await scan(await install.session({ FLOWMEND_DATABASE_URL: url.href }));
    expect(found.totals.flows).toBe(2);
    await install.query('drop policy ours on migration.discovery_flows');
  });

  test('whoever is under no policy is told nothing of it', async () => {
    const { notices } = await scan(await install.session());
    expect(notices).toEqual([]);
  });
});

describe('a role with rights on single columns', () => {
  const granted = {
    discovery_flows: `id, flow_id, master_flow_id, client_account_id, engagement_id, data_import_id, flow_name, status,
      progress_percentage, current_phase, field_mappings, created_at, updated_at, completed_at, data_import_completed,
      field_mapping_completed, data_cleansing_completed, asset_inventory_completed, dependency_analysis_completed,
      tech_debt_assessment_completed`,
    crewai_flow_state_extensions: `id, flow_id, client_account_id, engagement_id, flow_type, flow_status,
      flow_persistence_data, updated_at`,
    data_imports: `id, client_account_id, engagement_id, master_flow_id, import_name, status, total_records, created_at,
      updated_at`,
  };
  beforeAll(async () => {
    for (const [table, columns] of Object.entries(granted)) {
      await install.query(`grant select (${columns}) on migration.${table} to ${ROLE}`);
    }
  });

  test('is told what it may not read, and everything else is judged', async () => {
    const found = await scan(await install.session(asRole));
    expect(found.flows.map(({ flowId, findings }) => [flowId, findings.map(({ rule }) => rule)])).toEqual([
      [flows.theirs.flowId, ['progress-out-of-step']],
    ]);
    expect(found.notices).toEqual([
      'this role may not read error_message of discovery_flows',
      'this role may not read retry_count, phase_transitions, error_history, created_at of crewai_flow_state_extensions',
      'this role may not read started_at, completed_at of data_imports',
      'migration.raw_import_records is not here, or this role may not read it',
      'migration.import_field_mappings is not here, or this role may not read it',
    ]);
    expect(found.notAsked.map(({ rule }) => rule)).toContain('failure-without-error');
  });

  test('a rule that was not asked says that its columns may not be read, and not that there are none', async () => {
    const whyNot = async () => {
      const { notAsked } = await scan(await install.session(asRole));
      return Object.fromEntries(notAsked.map(({ rule, why }) => [rule, why]));
    };
    expect(await whyNot()).toMatchObject({
      'failure-without-error': 'this role may not read discovery_flows.error_message',
      'raw-records-unlinked': expect.stringMatching(/^this role may not read .*raw_import_records\.master_flow_id/),
    });
    await install.query(`grant select (master_flow_id) on migration.raw_import_records to ${ROLE}`);
    const records = (await whyNot())['raw-records-unlinked'];
    await install.query(`revoke select (master_flow_id) on migration.raw_import_records from ${ROLE}`);
    expect(records).toMatch(/^this role may not read .*raw_import_records\.data_import_id/);
    expect(records).not.toMatch(/there is no|master_flow_id/);
  });

  test('without the columns of the mappings nothing is said about them', async () => {
    await install.query(`
      revoke select (field_mappings) on migration.discovery_flows from ${ROLE};
      revoke select (flow_persistence_data) on migration.crewai_flow_state_extensions from ${ROLE};
      update migration.discovery_flows set field_mapping_completed = false, status = 'waiting_for_approval',
        current_phase = 'field_mapping', progress_percentage = 16.7 where flow_id = '${flows.ours.flowId}';
      update migration.crewai_flow_state_extensions set flow_status = 'waiting_for_approval'
        where flow_id = '${flows.ours.flowId}'`);
    const { diagnosis } = await diagnose(await install.session(asRole), flows.ours.flowId);
    expect(diagnosis.headline).toContain('as far as what it may read of their columns lets this role see');
    expect(diagnosis.resume).toMatchObject({ decision: 'nothing', why: expect.stringContaining('is not known') });
    expect([diagnosis.fieldMappings, diagnosis.mappingQuality]).toEqual([null, null]);
    expect(plain(diagnosisText(diagnosis))).not.toMatch(/no field mappings|0 mappings|none in/);
    await install.query(`
      grant select (field_mappings) on migration.discovery_flows to ${ROLE};
      grant select (flow_persistence_data) on migration.crewai_flow_state_extensions to ${ROLE}`);
  });

  test('without the right to write: one clear answer, and nothing written', async () => {
    const session = await install.session(asRole);
    const plan = planRepair(session, (await diagnose(session, flows.theirs.flowId)).facts);
    expect(plan.steps).toEqual([]);
    expect(plan.leftOut[0]).toMatchObject({
      reason: 'schema',
      why: expect.stringContaining('this role may not update migration.discovery_flows'),
    });
    expect(await apply(session, plan, { createJournal: true })).toMatchObject({ kind: 'refused' });
    // A plan that somebody else made is refused by the database itself.
    const theirs = await install.session();
    const made = planRepair(theirs, (await diagnose(theirs, flows.theirs.flowId)).facts);
    await expect(preview(session, made)).rejects.toMatchObject({ code: 'no-rights' });
    await expect(apply(session, made, { createJournal: true })).rejects.toMatchObject({ code: 'no-rights' });
  });

  test('with the right to write just what a repair writes, its preview runs', async () => {
    await install.query(`
      grant update (status, progress_percentage, updated_at) on migration.discovery_flows to ${ROLE};
      grant update (flow_status, updated_at) on migration.crewai_flow_state_extensions to ${ROLE}`);
    const session = await install.session(asRole);
    const plan = planRepair(session, (await diagnose(session, flows.theirs.flowId)).facts);
    const run = await preview(session, plan);
    if (run.kind !== 'ran') throw new Error(JSON.stringify(run));
    expect(run.changes.flatMap(({ columns }) => columns.map(({ column }) => column))).toEqual([
      'progress_percentage',
      'updated_at',
    ]);
  });

  test('a column without which no flow can be judged is named', async () => {
    await install.query(`revoke select (status) on migration.discovery_flows from ${ROLE}`);
    await expect(install.session(asRole)).rejects.toMatchObject({
      code: 'no-rights',
      message: 'The database role may not read migration.discovery_flows (status).',
    });
  });
});
