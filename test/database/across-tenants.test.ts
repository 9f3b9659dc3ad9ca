import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { but, MAPPINGS, type Overrides, WAITING } from '../support/flow.ts';
import type { Install } from '../support/install.ts';
import { installOf } from '../support/one-flow.ts';

const ROLE = `tenant_blind_${randomUUID().slice(0, 8)}`;
let install: Install;
afterEach(async () => {
  await install.query(`do $$ begin
    if to_regrole('${ROLE}') is not null then drop owned by ${ROLE}; drop role ${ROLE}; end if; end $$`);
  await install.close();
});

async function installWith(overrides: Overrides): Promise<string> {
  const made = await installOf(overrides);
  install = made.install;
  return made.flowId;
}

const ELSEWHERE = { client_account_id: randomUUID(), engagement_id: randomUUID() };
const UNLINKED = { master_flow_id: null };

/** Whatever a person chooses, the plan of one flow and the plan of many write nothing of these rules. */
describe('no repair carries what belongs to one tenant into the records of another', () => {
  test.each<[name: string, overrides: Overrides, rule: string, choice?: string]>([
    [
      'mappings of the master into the child',
      but(WAITING, { master: ELSEWHERE, child: { field_mappings: null } }),
      'mappings-one-sided',
    ],
    [
      'mappings and a status of the child into the master',
      but(WAITING, { master: { ...ELSEWHERE, flow_status: 'initialized', flow_persistence_data: {} } }),
      'mappings-one-sided',
    ],
    [
      'the mappings of the master that a person chose',
      but(WAITING, {
        master: { ...ELSEWHERE, flow_persistence_data: { field_mappings: { ...MAPPINGS, site: 'location' } } },
      }),
      'mappings-differ',
      'master',
    ],
    [
      'the link of a master into the import',
      { master: ELSEWHERE, import: UNLINKED, rawRecords: UNLINKED },
      'import-unlinked',
    ],
    [
      'a number into the import',
      { import: { ...ELSEWHERE, total_records: 9 }, rawRecords: ELSEWHERE },
      'record-count-differs',
      'count',
    ],
  ])('%s', async (_, overrides, rule, choice) => {
    const flowId = await installWith(overrides);
    const session = await install.session();
    const { diagnosis, facts } = await diagnose(session, flowId);
    expect(diagnosis.findings.map((finding) => finding.rule)).toEqual(expect.arrayContaining(['tenant-differs', rule]));
    const options = choice === undefined ? {} : { choices: { [rule]: choice } };
    for (const plan of [planRepair(session, facts, options), await planMany(session, [flowId], options)]) {
      expect(plan.mends.map((one) => one.rule)).not.toContain(rule);
      expect(plan.leftOut).toContainEqual(
        expect.objectContaining({ rule, reason: 'manual', why: expect.stringContaining('another tenant') }),
      );
    }
    const advised = diagnosis.recommended.filter((one) => one.rule === rule).map(({ action }) => action);
    expect(advised.filter((action) => action === 'apply' || action === 'resume')).toEqual([]);
  });

  test.each([
    ['raw_import_records', 'id, data_import_id, raw_data, master_flow_id', 'whose they are|may not be read'],
    [
      'data_imports',
      'id, master_flow_id, import_name, status, total_records, created_at, updated_at',
      'may not be read',
    ],
  ])(
    'where this role may not read whose the rows of %s are, nothing is linked and nothing offered',
    async (table, columns, why) => {
      const flowId = await installWith({
        import: { ...UNLINKED, ...ELSEWHERE },
        rawRecords: { ...UNLINKED, ...ELSEWHERE },
      });
      await install.query(`create role ${ROLE} login password 'x';
        grant usage on schema migration to ${ROLE};
        grant select, update on all tables in schema migration to ${ROLE};
        revoke select on migration.${table} from ${ROLE};
        grant select (${columns}) on migration.${table} to ${ROLE}`);
      const url = new URL(install.url);
      url.username = ROLE;
      url.password = 'x';
      const session = await install.session({ FLOWMEND_DATABASE_URL: url.href });
      const { diagnosis, facts } = await diagnose(session, flowId);
      const plan = planRepair(session, facts);
      expect(plan.steps.flatMap(({ writes }) => writes)).toEqual([]);
      expect(diagnosis.recommended.filter(({ action }) => action === 'apply' || action === 'choose')).toEqual([]);
      const said = JSON.stringify([plan.leftOut, diagnosis.import, diagnosis.notAsked]);
      expect(said).toMatch(new RegExp(why));
    },
  );
});
