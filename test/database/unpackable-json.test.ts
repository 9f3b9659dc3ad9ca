import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InstallVariant, installSchema, olderInstall } from '../../shared/demo/install-schema.ts';
import { locate } from '../../shared/diagnose/locate/locate.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnoseWithRawData } from '../../shared/diagnosis/diagnose.ts';
import { exportFlow } from '../../shared/export/export-flow.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import type { WriteSession } from '../../shared/session.ts';
import { assessmentFlow } from '../support/assessment-flow.ts';
import { flow, WAITING } from '../support/flow.ts';
import { everyFormat } from '../support/formats.ts';
import { type Install, makeInstall } from '../support/install.ts';

/**
 * Texts that a `json` column keeps and PostgreSQL cannot look into: an escaped NUL, half of a surrogate pair (as Python
 * writes a file name that is no UTF-8), a number beyond every range. Beside them stands what is looked for.
 */
const TEXTS = ['"\\u0000"', '"caf\\udce9"', '1e999999'].flatMap((odd) => [
  `{"odd": ${odd}}`,
  `{"field_mappings": {"host": ${odd}}, "data_import_id": ${odd}, "initialization": ${odd}}`,
  odd,
  `[{"at": ${odd}}]`,
]);

const LOOKED_INTO = [
  ...['discovery_flows.field_mappings', 'crewai_flow_state_extensions.flow_persistence_data'],
  ...['crewai_flow_state_extensions.phase_transitions', 'crewai_flow_state_extensions.error_history'],
];

function isOf({ model }: WriteSession, table: string): boolean {
  return [model.child.table, model.master.table].includes(table);
}

const VARIANTS: Record<string, InstallVariant> = {
  'json where it is usual': { ...olderInstall, assessments: true },
  'json where jsonb is usual': { ...olderInstall, assessments: true, swapsJson: true },
};

describe.each(Object.entries(VARIANTS))('%s', (_, variant) => {
  let install: Install;
  let columns: { table: string; column: string }[];
  const flows = TEXTS.map(() => flow(variant, WAITING));
  const unlinked = TEXTS.map(() =>
    flow(variant, { import: { master_flow_id: null }, child: { data_import_id: null } }),
  );
  const assessments = TEXTS.map(() => assessmentFlow());

  beforeAll(async () => {
    install = await makeInstall('PostgreSQL', () => [...flows, ...unlinked, ...assessments], variant);
    columns = (await install.query(
      `select table_name as table, column_name as column from information_schema.columns
       where table_schema = $1 and data_type = 'json'`,
      [variant.schema],
    )) as typeof columns;
    for (const [index, text] of TEXTS.entries()) {
      const ids = [flows[index]?.flowId, unlinked[index]?.flowId, assessments[index]?.flowId];
      const imports = [flows[index]?.importId, unlinked[index]?.importId];
      for (const { table, column } of columns) {
        const [key, keys] =
          table === 'data_imports'
            ? ['id', imports]
            : /^(raw|import)_/.test(table)
              ? ['data_import_id', imports]
              : ['flow_id', ids];
        await install.query(`update ${variant.schema}.${table} set ${column} = $1 where ${key} = any($2::uuid[])`, [
          text,
          keys,
        ]);
      }
    }
  });
  afterAll(() => install.close());

  test.each(['discovery', 'assessment'])('every %s flow is scanned, shown, planned and exported', async (kind) => {
    const session = await install.session({ FLOWMEND_KIND: kind });
    const ids = (kind === 'discovery' ? [...flows, ...unlinked] : assessments).map(({ flowId }) => flowId);
    const found = await scan(session, { healthy: true, reach: 'every flow' });
    expect(found.flows.map(({ flowId }) => flowId).sort()).toEqual([...ids].sort());
    const before = await install.everyRow();
    for (const flowId of ids) await everythingOf(session, flowId);
    expect(await install.everyRow()).toEqual(before);
  });

  async function everythingOf(session: WriteSession, flowId: string): Promise<void> {
    const { diagnosis, facts } = await diagnoseWithRawData(session, flowId);
    const looked = columns.filter(({ table, column }) => LOOKED_INTO.includes(`${table}.${column}`));
    for (const { table, column } of looked.filter(({ table }) => isOf(session, table))) {
      expect(diagnosis.notices.join('\n')).toContain(`${table}.${column} of this ${session.model.kind} flow`);
    }
    expect(everyFormat(diagnosis, session.rules.asked)).toHaveLength(4);
    expect((await preview(session, planRepair(session, facts))).kind).toBe('ran');
    expect((await exportFlow(session, flowId)).flowId).toBe(flowId);
    expect((await locate(session, flowId, { json: true })).unread).toEqual([]);
  }
});

test('a JSON text with an exponent is read, or told to be passed over where the server cannot tell', async () => {
  const some = flow(olderInstall, { child: { field_mappings: { host: { target: 'host', confidence: 0.1 } } } });
  const install = await makeInstall('PostgreSQL', () => [some]);
  const text = '{"host": {"target": "host", "confidence": 1e-1}}';
  await install.query(`update migration.discovery_flows set field_mappings = $1`, [text]);
  const { diagnosis } = await diagnoseWithRawData(await install.session(), some.flowId);
  const [{ release } = {}] = await install.query(
    "select current_setting('server_version_num')::int / 10000 as release",
  );
  const told = diagnosis.notices.filter((notice) => notice.startsWith('discovery_flows.field_mappings of this'));
  expect(told).toHaveLength(Number(release) < 16 ? 1 : 0);
  await install.close();
});

test('the variants have json in different columns', () => {
  const [usual = '', swapped = ''] = Object.values(VARIANTS).map(installSchema);
  expect(usual).toMatch(/field_mappings json,[\s\S]*phase_results jsonb/);
  expect(swapped).toMatch(/flow_persistence_data json [\s\S]*phase_results json /);
});
