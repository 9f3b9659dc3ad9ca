import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { olderInstall } from '../../shared/demo/install-schema.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnose, diagnoseWithRawData } from '../../shared/diagnosis/diagnose.ts';
import { exportFlow } from '../../shared/export/export-flow.ts';
import type { Failure } from '../../shared/failure.ts';
import { asFailure } from '../../shared/files/as-failure.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { but, flow, WAITING } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

const agreed = { createJournal: true };

/*
 * A database that is SQL_ASCII takes any bytes, and its server fails a statement that would answer with some that are not
 * UTF-8. 'caf' and the é of Latin 1:
 */
const CAFE = "E'caf\\xe9'";
const JSON_CAFE = '(E\'{"caf\\xe9": {"confidence": 0.1}}\')::json';
/** The same é as UTF-8, the euro, and a character of four bytes: what is readable is shown as it is. */
const READABLE = 'é€😀';

const broken = { progress_percentage: 1 };
const well = flow(olderInstall, but(WAITING, { child: { flow_name: READABLE } }));
const mended = flow(olderInstall, { child: broken });
const flows = {
  'discovery_flows.flow_name': flow(olderInstall, { child: broken }),
  'discovery_flows.status': flow(olderInstall, { child: broken }),
  'discovery_flows.current_phase': flow(olderInstall, { child: broken }),
  'discovery_flows.error_message': flow(olderInstall, { child: broken }),
  'discovery_flows.field_mappings': flow(olderInstall, but(WAITING, { child: broken })),
  'crewai_flow_state_extensions.flow_status': flow(olderInstall, { child: broken }),
  'data_imports.import_name': flow(olderInstall, { child: broken }),
  'raw_import_records.raw_data': flow(olderInstall, { child: broken }),
};

let install: Install;
beforeAll(async () => {
  install = await makeInstall('PostgreSQL', () => [well, mended, ...Object.values(flows)]);
  await install.query(
    "update pg_database set encoding = pg_char_to_encoding('SQL_ASCII') where datname = current_database()",
  );
  // A session keeps the encoding that it began with.
  const client = new pg.Client({ connectionString: install.url });
  await client.connect();
  for (const [place, { flowId, importId }] of Object.entries(flows)) {
    const [table = '', column = ''] = place.split('.');
    const [key, id] = { data_imports: ['id', importId], raw_import_records: ['data_import_id', importId] }[table] ?? [
      'flow_id',
      flowId,
    ];
    const value = /mappings|raw_data/.test(column) ? JSON_CAFE : CAFE;
    await client.query(`update ${olderInstall.schema}.${table} set ${column} = ${value} where ${key} = $1`, [id]);
  }
  await client.end();
});
afterAll(() => install.close());

test('the whole fleet is judged, and what is not UTF-8 is shown as question marks', async () => {
  const found = await scan(await install.session(), { healthy: true, reach: 'every flow' });
  expect(found.endedEarly).toBeNull();
  expect(found.totals.flows).toBe(10);
  const named = new Map(found.flows.map((one) => [one.flowId, one]));
  expect(named.get(flows['discovery_flows.flow_name'].flowId)).toMatchObject({ name: 'caf?' });
  expect(named.get(flows['discovery_flows.status'].flowId)).toMatchObject({ status: 'caf?' });
  expect(named.get(well.flowId)).toMatchObject({ name: READABLE });
  expect(named.get(well.flowId)?.findings.map(({ rule }) => rule)).toEqual(['approval-pending']);
  expect(found.notices.join()).toContain('SQL_ASCII');
});

test.each(Object.entries(flows))('%s is named, with its flow', async (place, { flowId }) => {
  const session = await install.session();
  const whole = place.startsWith('raw') ? diagnoseWithRawData(session, flowId) : diagnose(session, flowId);
  expect(await failureOf(whole)).toMatchObject({
    code: 'wrong-data',
    message: expect.stringMatching(new RegExp(`^${place} of flow ${flowId} `)),
  });
  expect((await failureOf(exportFlow(session, flowId))).message).toContain(`${place} of flow ${flowId}`);
  if (place.startsWith('raw')) return;
  const many = await failureOf(planMany(session, [mended.flowId, flowId]));
  expect(many).toMatchObject({ code: 'wrong-data', message: expect.stringContaining(`of flow ${flowId}`) });
});

test('the others are mended', async () => {
  const session = await install.session();
  const outcome = await applyMany(session, await planMany(session, [mended.flowId]), agreed);
  expect(outcome).toMatchObject({ kind: 'done', applied: 1 });
});

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  return work.then(
    () => expect.fail('it was read'),
    (thrown: unknown) => asFailure(thrown),
  );
}
