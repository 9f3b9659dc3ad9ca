import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnose, diagnoseWithRawData } from '../../shared/diagnosis/diagnose.ts';
import { exportFlow } from '../../shared/export/export-flow.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { jsonSchemas, jsonText } from '../../shared/report/machine/json.ts';
import { flow } from '../support/flow.ts';
import { ACTED_ON, everyFormat } from '../support/formats.ts';
import { type Install, makeInstall } from '../support/install.ts';

const FLOWS = 150;
/** Kept, so that a failure can be seen again. */
const SEED = 20261124;

const statuses = fc.oneof(
  fc.constantFrom(
    'active',
    'running',
    'processing',
    'paused',
    'waiting_for_approval',
    'completed',
    'failed',
    'deleted',
  ),
  text(20),
);
const json = fc.oneof(
  fc.constant(null),
  fc.constantFrom(
    '{}',
    '[]',
    '7',
    '"x"',
    'null',
    '{"confidence_scores": 1}',
    '{"a\\u0000b": "\\u0000"}',
    '{"a": 1, "a": 2}',
  ),
  fc
    .dictionary(text(8), fc.oneof(text(8), fc.double({ noNaN: true, noDefaultInfinity: true })))
    .map((value) => JSON.stringify(value)),
);
const jsonb = json.map((value) => (value === null || value.includes('\\u0000') ? '{}' : value));
const child = fc.record({
  status: statuses,
  progress_percentage: fc.oneof(
    fc.constantFrom('NaN', 'Infinity', '-1', '1e300'),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  ),
  current_phase: fc.option(
    fc.oneof(fc.constantFrom('data_import', 'field_mapping', 'attribute_mapping', 'data_cleansing'), text(100)),
  ),
  field_mappings: json,
  error_message: fc.option(text(50)),
  flow_name: fc.oneof(
    text(200),
    fc.uuid().map((id) => `Discovery Import ${id}`),
  ),
  data_import_completed: fc.boolean(),
  field_mapping_completed: fc.boolean(),
  data_cleansing_completed: fc.boolean(),
  asset_inventory_completed: fc.boolean(),
  dependency_analysis_completed: fc.boolean(),
  tech_debt_assessment_completed: fc.boolean(),
  created_at: fc.constantFrom(
    '2026-11-01T00:00:00Z',
    '4714-11-24 00:00:00+00 BC',
    '294276-12-31T23:59:59Z',
    'infinity',
    '-infinity',
  ),
  updated_at: fc.constantFrom(
    '2026-11-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    'infinity',
    '-infinity',
  ),
});
const master = fc.record({
  flow_status: statuses,
  persistence: fc.oneof(
    jsonb,
    jsonb.map((value) => `{"field_mappings": ${value}}`),
    fc.oneof(fc.uuid(), text(30)).map((id) => JSON.stringify({ data_import_id: id })),
  ),
  missing: fc.boolean(),
  phase_transitions: fc.oneof(
    jsonb,
    fc.array(jsonb, { maxLength: 3 }).map((entries) => `[${entries.map((one) => one ?? 'null')}]`),
  ),
  error_history: fc.array(jsonb, { maxLength: 3 }).map((entries) => `[${entries.map((one) => one ?? 'null')}]`),
});
const record = json.map((raw_data) => raw_data ?? 'null');
const mappingRow = fc.record({
  source_field: text(255),
  target_field: text(255),
  status: fc.option(text(20)),
  confidence_score: fc.option(fc.constantFrom('NaN', 'Infinity', '-1', '0.4')),
  approved_at: fc.option(fc.constantFrom('infinity', '-infinity', '0001-01-01T00:00:00Z', '2026-01-01T00:00:00Z')),
});

/** Anything a text column takes: PostgreSQL refuses only the NUL. Lone surrogates are no text. */
function text(maxLength: number): fc.Arbitrary<string> {
  return fc
    .string({ unit: 'binary', maxLength })
    .map((value) => [...value.toWellFormed().replaceAll('\0', '')].slice(0, maxLength).join(''));
}

let install: Install;
const ids: string[] = [];
beforeAll(async () => {
  install = await makeInstall('PostgreSQL', () => []);
  const samples = fc.sample(fc.tuple(child, master, record, mappingRow), { seed: SEED, numRuns: FLOWS });
  for (const [columns, { flow_status, persistence, missing, ...history }, raw_data, odd] of samples) {
    const rows = flow(install.variant, { import: { master_flow_id: null } });
    ids.push(rows.flowId);
    const { id, ...dataImport } = rows.imports[0] ?? {};
    await insert('data_imports', { id, ...dataImport });
    if (!missing) {
      await insert('crewai_flow_state_extensions', {
        ...rows.master,
        id: randomUUID(),
        flow_status,
        flow_persistence_data: persistence ?? '{}',
        phase_transitions: history.phase_transitions ?? '[]',
        error_history: history.error_history,
      });
    }
    await insert('discovery_flows', { ...rows.child, ...columns });
    await insert('raw_import_records', { id: randomUUID(), data_import_id: id, row_number: 1, raw_data });
    const { client_account_id } = dataImport;
    await insert('import_field_mappings', { data_import_id: id, client_account_id, match_type: 'direct', ...odd });
  }
});
afterAll(() => install.close());

async function insert(table: string, row: Record<string, unknown>): Promise<void> {
  const names = Object.keys(row);
  const values = names.map((name) => {
    const value = row[name];
    return value !== null && typeof value === 'object' ? JSON.stringify(value) : value;
  });
  await install.query(
    `insert into migration.${table} (${names.join()}) values (${names.map((_, index) => `$${index + 1}`).join()})`,
    values,
  );
}

test('no row is lost and no rule throws, and a flow has the same findings alone and in a scan', async () => {
  const session = await install.session();
  const result = await scan(session, { healthy: true, reach: 'every flow', limit: FLOWS * 2 });
  expect(result.flows.map((one) => one.flowId).sort()).toEqual([...ids].sort());
  expect(result.totals.flows).toBe(FLOWS);
  for (const { flowId, findings } of result.flows) {
    const { diagnosis } = await diagnose(session, flowId);
    // A time that counts up, such as hours of silence, may differ by a moment.
    const rulesOf = (some: typeof findings) => some.map(({ rule, severity }) => [rule, severity]);
    expect(rulesOf(diagnosis.findings)).toEqual(rulesOf(findings));
  }
});

test('every flow can be shown in every format, with nothing that moves a cursor', async () => {
  const session = await install.session();
  for (const flowId of ids) {
    const { diagnosis } = await diagnoseWithRawData(session, flowId);
    for (const [format, shown] of everyFormat(diagnosis, session.rules.asked)) {
      expect(shown, format).not.toMatch(ACTED_ON);
    }
  }
});

test('every flow can be exported, also redacted, and read back', async () => {
  const session = await install.session();
  for (const flowId of ids) {
    for (const redact of [false, true]) {
      const text = jsonText('export', await exportFlow(session, flowId, { redact }));
      expect(jsonSchemas.export.parse(JSON.parse(text)).records.import.length, flowId).toBe(1);
      expect(text).not.toMatch(ACTED_ON);
    }
  }
});

test('every plan holds in its preview, and no preview changes a row', async () => {
  const session = await install.session();
  const before = await install.everyRow();
  for (const flowId of ids) {
    const plan = planRepair(session, (await diagnose(session, flowId)).facts);
    const run = await preview(session, plan);
    expect(run.kind === 'not verified' ? run.problems : [], flowId).toEqual([]);
    expect(run.kind).toBe('ran');
  }
  expect(await install.everyRow()).toEqual(before);
});
