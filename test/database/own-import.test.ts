import { afterEach, beforeEach, expect, test } from 'vitest';
import { diagnose, diagnoseWithRawData } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import type { WriteSession } from '../../shared/session.ts';
import { flow } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** A flow that names no import and is linked to one that is broken; and another flow. */
let install: Install;
let session: WriteSession;
let mine: ReturnType<typeof flow>;
let other: ReturnType<typeof flow>;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    mine = flow(variant, {
      child: { data_import_id: null },
      import: { total_records: 5 },
      rawRecords: { master_flow_id: null },
      mappingRows: [{ source_field: 'hostname', target_field: 'asset_name' }],
    });
    other = flow(variant);
    return [mine, other];
  });
  session = await install.session();
});
afterEach(() => install.close());

const write = (table: string, column: string, value: unknown, { importId, flowId } = mine) =>
  install.query(
    `update migration.${table} set ${column} = $1 where ${table === 'data_imports' ? 'id' : 'flow_id'} = $2`,
    [value, table === 'data_imports' ? importId : flowId],
  );
const otherLink = () => other.imports[0]?.master_flow_id;
const planFor = async (rules: readonly string[]) =>
  planRepair(session, (await diagnose(session, mine.flowId)).facts, {
    rules,
    choices: { 'record-count-differs': 'count' },
  });
const applied = async (plan: Awaited<ReturnType<typeof planFor>>) => apply(session, plan, { createJournal: true });

test('every section of the diagnosis is of the linked import, where the child names none', async () => {
  const { diagnosis } = await diagnoseWithRawData(session, mine.flowId);
  expect(diagnosis.findings.map(({ rule }) => rule).sort()).toEqual([
    'import-not-named',
    'mapping-rows-differ',
    'raw-records-unlinked',
    'record-count-differs',
  ]);
  const record = diagnosis.records.find((one) => one.record === 'import');
  expect(record).toMatchObject({ found: true, values: { id: mine.importId, total_records: '5' } });
  expect(diagnosis.import).toMatchObject({ linked: true, decided: mine.importId });
  expect(diagnosis.rawData).toMatchObject({ importId: mine.importId, total: 2 });
  expect(diagnosis.mappingQuality?.rows).toEqual([{ status: 'suggested', rows: 1 }]);
});

test('one plan mends all of it', async () => {
  const plan = await planFor(['import-not-named', 'raw-records-unlinked', 'record-count-differs']);
  expect(await applied(plan)).toMatchObject({ kind: 'applied' });
  expect((await diagnose(session, mine.flowId)).facts.rules).toEqual(['mapping-rows-differ']);
});

test('the import is linked to another flow meanwhile: its number is not written', async () => {
  const plan = await planFor(['record-count-differs']);
  await write('data_imports', 'master_flow_id', otherLink());
  const drift = { table: 'data_imports', column: 'master_flow_id', now: otherLink() };
  expect(await applied(plan)).toMatchObject({ kind: 'stale', drift: [drift] });
});

test('nor are its raw records linked', async () => {
  const plan = await planFor(['raw-records-unlinked']);
  await write('data_imports', 'master_flow_id', otherLink());
  const problems = expect.arrayContaining([expect.stringMatching(/is no record of flow/)]);
  expect(await applied(plan)).toMatchObject({ kind: 'not verified', problems });
});

test('the child names another import meanwhile: that one is asked, and the plan is stale', async () => {
  const plan = await planFor(['raw-records-unlinked']);
  await write('discovery_flows', 'data_import_id', other.importId);
  expect(await applied(plan)).toMatchObject({ kind: 'stale', drift: [{ column: 'data_import_id' }] });
  expect((await diagnose(session, mine.flowId)).facts.row).toMatchObject({
    import_own: other.importId,
    import_total: 2,
    records: 2,
    records_unlinked: 0,
  });
});

test('the number of an import that the child names can be set, whatever it is linked to', async () => {
  await write('discovery_flows', 'data_import_id', mine.importId);
  await write('data_imports', 'master_flow_id', otherLink());
  expect(await applied(await planFor(['record-count-differs']))).toMatchObject({ kind: 'applied' });
});

test("of several linked imports none is the flow's before one is chosen", async () => {
  await write('data_imports', 'master_flow_id', mine.imports[0]?.master_flow_id, other);
  const { facts } = await diagnose(session, mine.flowId);
  expect(facts.rules).toEqual(['several-imports']);
  expect(facts.row).toMatchObject({ import_own: null, import_total: null, import_status: null, records: null });
});
