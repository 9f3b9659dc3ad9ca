import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FlowRows } from '../../shared/demo/flow-rows.ts';
import { type InstallVariant, olderInstall } from '../../shared/demo/install-schema.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { type PassedFlow, type ScanFlowsOptions, scanFlows } from '../../shared/diagnose/scan/scan-flows.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { importsBy } from '../../shared/rules/relation/suspects.ts';
import { openSession, type Session } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { makeFleetOf } from '../bench/fleet-of.ts';
import { but, flow, hoursAgo, type Overrides } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { openStepGate } from '../support/step-gate.ts';

let install: Install;
let session: Session;
afterEach(() => install.close());

async function passed(options: ScanFlowsOptions): Promise<PassedFlow[]> {
  const flows: PassedFlow[] = [];
  for await (const one of scanFlows(session, options)) if (one.kind === 'flow') flows.push(one.flow);
  return flows;
}

const judged = (flows: readonly PassedFlow[]) =>
  flows
    .filter(({ rules }) => rules.length > 0)
    .map(({ flowId, rules }) => [flowId, ...rules].join(' '))
    .sort();
const ids = (flows: readonly PassedFlow[]) => flows.map(({ flowId }) => flowId).sort();

describe('a part of the fleet', () => {
  const tenant = '00000000-0000-4000-8000-000000000007';
  let broken: ReturnType<typeof flow>[];
  let healthy: ReturnType<typeof flow>[];

  beforeEach(async () => {
    install = await makeInstall('PostgreSQL', (variant) => {
      broken = Array.from({ length: 6 }, (_, index) =>
        flow(variant, { child: { progress_percentage: 1 }, ...(index < 2 ? { tenant } : {}) }),
      );
      healthy = Array.from({ length: 4 }, () => flow(variant));
      return [...broken, ...healthy];
    });
    session = await install.session();
  });

  test('of one tenant', async () => {
    expect(ids(await passed({ tenant }))).toEqual(
      broken
        .slice(0, 2)
        .map(({ flowId }) => flowId)
        .sort(),
    );
    expect((await scan(session, { tenant })).totals).toMatchObject({ flows: 2, warning: 2, healthy: 0 });
  });

  test('of one status', async () => {
    await install.query(`update migration.discovery_flows set status = 'paused' where flow_id = $1`, [
      broken[3]?.flowId,
    ]);
    const found = await passed({ statuses: ['paused', 'failed'] });
    expect(found.map(({ flowId, status }) => [flowId, status])).toEqual([[broken[3]?.flowId, 'paused']]);
  });

  test('page by page: every flow once, well or not', async () => {
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const page: PassedFlow[] = await passed({ page: { after, size: 3 } });
      if (page.length === 0) break;
      expect(page.length).toBeLessThanOrEqual(3);
      seen.push(...ids(page));
      after = ids(page).at(-1) ?? null;
    }
    expect(seen).toEqual([...broken, ...healthy].map(({ flowId }) => flowId).sort());
  });

  test.each([
    ['child', 'discovery_flows', 'flow_id', 'flowId'],
    ['master', 'crewai_flow_state_extensions', 'flow_id', 'flowId'],
    ['import', 'data_imports', 'id', 'importId'],
  ] as const)('whose %s was written since then, also where it is well now', async (_record, table, column, key) => {
    for (const all of ['discovery_flows', 'crewai_flow_state_extensions', 'data_imports']) {
      await install.query(`update migration.${all} set updated_at = $1`, [hoursAgo(20)]);
    }
    const touched = [broken[5], healthy[1]];
    await install.query(`update migration.${table} set updated_at = now() where ${column} = any($1::uuid[])`, [
      touched.map((one) => one?.[key]),
    ]);
    const found = await passed({ changedSince: hoursAgo(1) });
    expect(ids(found)).toEqual(touched.map((one) => one?.flowId).sort());
    expect(found.map(({ worst }) => worst).sort()).toEqual([null, 'warning']);
  });

  test('whose import was written that it has by the link alone', async () => {
    for (const all of ['discovery_flows', 'crewai_flow_state_extensions', 'data_imports']) {
      await install.query(`update migration.${all} set updated_at = $1`, [hoursAgo(20)]);
    }
    const { flowId = '', importId = '' } = healthy[1] ?? {};
    await install.query(`update migration.discovery_flows set data_import_id = null where flow_id = $1`, [flowId]);
    await install.query(`update migration.data_imports set updated_at = now() where id = $1`, [importId]);
    expect(ids(await passed({ changedSince: hoursAgo(1) }))).toEqual([flowId]);
  });
});

describe('a flow whose imports are linked in any way is judged once, and in a scan of all as in a page', () => {
  const OPEN = {};
  const ENDED = {
    child: {
      status: 'completed',
      progress_percentage: 100,
      current_phase: 'tech_debt_assessment',
      data_cleansing_completed: true,
      asset_inventory_completed: true,
      dependency_analysis_completed: true,
      tech_debt_assessment_completed: true,
      completed_at: hoursAgo(1),
    },
    master: { flow_status: 'completed' },
  };
  const inAnyWay = (variant: InstallVariant) =>
    [OPEN, ENDED].flatMap((state) => {
      const elsewhere = flow(variant, state);
      const linkOf = (one: FlowRows) => one.imports[0]?.master_flow_id;
      const twice = flow(variant, state);
      const other = flow(variant, state);
      const wrongKey = variant.linkTarget === 'id' ? 'flow_id' : 'id';
      const wrong = flow(variant, state);
      const notNamed = (broken: Overrides) =>
        flow(variant, but(but(state, { child: { data_import_id: null } }), broken));
      const foreign = { import: { client_account_id: randomUUID() } };
      const ofSeveral = notNamed(foreign);
      return [
        elsewhere,
        other,
        { ...twice, imports: [...twice.imports, { ...twice.imports[0], id: randomUUID() }] },
        { ...wrong, imports: wrong.imports.map((one) => ({ ...one, master_flow_id: wrong.master?.[wrongKey] })) },
        flow(variant, but(state, { import: { master_flow_id: null } })),
        flow(variant, but(state, { import: { master_flow_id: linkOf(elsewhere) } })),
        flow(variant, but(state, { import: { client_account_id: randomUUID() } })),
        notNamed({}),
        notNamed(foreign),
        notNamed({ import: { total_records: 5 } }),
        notNamed({ rawRecords: { master_flow_id: null } }),
        notNamed({ rawRecords: { client_account_id: randomUUID() } }),
        notNamed({
          child: { status: 'cancelled' },
          master: { flow_status: 'cancelled' },
          import: { status: 'processing' },
        }),
        { ...ofSeveral, imports: [...ofSeveral.imports, { ...ofSeveral.imports[0], id: randomUUID() }] },
        flow(variant, but(state, { child: { data_import_id: null }, import: { master_flow_id: null } })),
        flow(variant, but(state, { child: { data_import_id: other.importId } })),
        flow(variant, but(state, { child: { field_mappings: { a: 'b' } } })),
        flow(variant, but(state, { rawRecords: { master_flow_id: null } })),
        flow(variant, but(state, { mappingRows: [{ source_field: 'x', target_field: 'y' }] })),
      ];
    });

  test.each([
    ['with raw records', true],
    ['without', false],
  ])('%s', async (_with, withRecords) => {
    // Links to anything: no foreign key.
    install = await makeInstall('PostgreSQL', (variant) => inAnyWay(variant), { ...olderInstall, linkTarget: 'none' });
    if (!withRecords) await install.query('truncate migration.raw_import_records, migration.import_field_mappings');
    session = await install.session();
    for (const reach of ['open flows', 'every flow'] as const) {
      const page = judged(await passed({ reach, page: { after: null, size: 1_000 } }));
      expect(page.length).toBeGreaterThan(10);
      expect(judged(await passed({ reach })), reach).toEqual(page);
    }
    for (const { flowId, rules } of await passed({ reach: 'every flow', page: { after: null, size: 1_000 } })) {
      expect((await diagnose(session, flowId)).facts.rules.sort(), flowId).toEqual([...rules].sort());
    }
  });

  test('where the server knows that many imports are not linked, and a plain scan joins them by name', async () => {
    install = await makeInstall(
      'PostgreSQL',
      (variant) => [
        ...inAnyWay(variant),
        ...Array.from({ length: 40 }, () => flow(variant, but(ENDED, { import: { master_flow_id: null } }))),
      ],
      { ...olderInstall, linkTarget: 'none' },
    );
    await install.query('analyze');
    session = await install.session();
    expect(importsBy(session.model, session.catalog)).toBe('name');
    const page = judged(await passed({ page: { after: null, size: 1_000 } }));
    expect(judged(await passed({}))).toEqual(page);
  });

  test('also by a plain scan, where it ended and its import is linked and not named; of several none is asked', async () => {
    const retired = { child: { status: 'cancelled', data_import_id: null }, master: { flow_status: 'cancelled' } };
    const broken = { client_account_id: randomUUID(), status: 'processing' };
    let [one, several] = ['', ''];
    install = await makeInstall('PostgreSQL', (variant) => {
      const rows = [
        flow(variant, { ...retired, import: broken }),
        flow(variant, { ...retired, import: broken }),
      ] as const;
      [one, several] = [rows[0].flowId, rows[1].flowId];
      return [rows[0], { ...rows[1], imports: [...rows[1].imports, { ...rows[1].imports[0], id: randomUUID() }] }];
    });
    session = await install.session();
    const found = [{ flowId: one, rules: ['retired-import-alive', 'tenant-differs'] }];
    for (const options of [{}, { page: { after: null, size: 10 } }]) {
      const judged = (await passed(options)).filter(({ rules }) => rules.length > 0);
      expect(judged.map(({ flowId, rules }) => ({ flowId, rules }))).toEqual(found);
    }
    expect((await diagnose(session, several)).facts.rules).toEqual(['several-imports']);
  });
});

test('masters without a child are no flows: nobody counts fewer than none healthy', async () => {
  install = await makeInstall('PostgreSQL', (variant) => [flow(variant)]);
  await install.query(`
    insert into migration.crewai_flow_state_extensions
      (flow_id, client_account_id, engagement_id, user_id, flow_type, flow_status, updated_at)
    select gen_random_uuid(), client_account_id, engagement_id, 'x', 'discovery', 'failed', now() - interval '1 day'
    from migration.discovery_flows, generate_series(1, 4)`);
  const { totals, flows } = await scan(await install.session());
  expect(totals).toEqual({ flows: 1, error: 0, warning: 4, info: 0, healthy: 1 });
  expect(flows).toHaveLength(4);
});

test.each(['whole', 'page'] as const)('NULL where the install allows it: each flow is judged, in a %s', async (how) => {
  install = await makeInstall('PostgreSQL', (variant) => Array.from({ length: 7 }, () => flow(variant)));
  const unset = ['status', 'client_account_id', 'engagement_id', 'created_at', 'updated_at', 'data_import_completed'];
  for (const [index, column] of unset.entries()) {
    await install.query(`alter table migration.discovery_flows alter ${column} drop not null`);
    await install.query(
      `update migration.discovery_flows set ${column} = null
       where id in (select id from migration.discovery_flows order by flow_id offset ${index} limit 1)`,
    );
  }
  session = await install.session();
  const found = await passed(how === 'page' ? { page: { after: null, size: 100 } } : {});
  const rules = new Map(found.map((one) => [one.flowId, one.rules]));
  const flowIds = (await install.query('select flow_id from migration.discovery_flows order by flow_id')).map(
    (row) => row.flow_id as string,
  );
  expect(flowIds.map((flowId) => rules.get(flowId) ?? [])).toEqual([
    ['child-status-unknown'],
    ['tenant-differs', 'raw-records-other-tenant'],
    ['tenant-differs', 'raw-records-other-tenant'],
    [],
    [],
    ['flags-out-of-order', 'progress-out-of-step'],
    [],
  ]);
  for (const flowId of flowIds)
    expect((await diagnose(session, flowId)).diagnosis.findings.length).toBe(rules.get(flowId)?.length ?? 0);
});

describe('a fleet that takes its time', () => {
  const FLOWS = 20_000;
  beforeEach(async () => {
    install = await makeInstall('PostgreSQL', () => []);
    await install.query('drop schema migration cascade');
    const client = new pg.Client({ connectionString: install.url });
    await client.connect();
    await makeFleetOf(client, FLOWS, { open: 1, broken: 1 });
    await client.end();
    session = await install.session();
  });

  /** Backends of this database that work on a statement of Flowmend's. */
  const working = () =>
    install.query(
      `select pid from pg_stat_activity
       where datname = current_database() and application_name = 'flowmend' and state = 'active'`,
    );

  test('cancelled: one failure, and the server stops working on it', async () => {
    const controller = new AbortController();
    const stopped = scan(session, { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(working, { timeout: 10_000 }).toEqual([]);
  });

  test('cancelled before it has begun', async () => {
    await expect(scan(session, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(working, { timeout: 10_000 }).toEqual([]);
  });

  test('left in the middle: the server stops working on it', async () => {
    for await (const one of scanFlows(session, {})) if (one.kind === 'flow') break;
    await expect.poll(working, { timeout: 10_000 }).toEqual([]);
  });

  test('the connection is lost in mid-scan: one clear reason, and what was found so far', async () => {
    const gate = await openStepGate(install.url);
    const through = await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: gate.url }));
    // Some messages open the connection; those after it hold at least 50 flows each, and all together a third of the fleet.
    void gate.arm(40, 'hold').then(() => gate.close());
    const result = await scan(through, { limit: 50 });
    await through.close();
    expect(result.endedEarly).toMatchObject({ code: 'no-connection' });
    expect(result.totals.error).toBeGreaterThan(0);
    expect(result.totals.error).toBeLessThan(FLOWS);
    expect(result.totals.healthy).toBe(0);
    expect(result.flows).toHaveLength(50);
    // The gate lets no other connection through: what was found is kept without its evidence.
    expect(result.flows.filter(({ findings }) => findings[0]?.severity === 'error')).toHaveLength(50);
  });

  test('all of them are passed on, and only the worst are kept', async () => {
    const result = await scan(session, { limit: 10 });
    expect([result.totals.flows, result.totals.error, result.flows.length, result.endedEarly]).toEqual([
      FLOWS,
      FLOWS,
      10,
      null,
    ]);
  });
});
