// Longer than most: every section is read from one install, which takes longer to make than to ask.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FlowRows, insertFlows } from '../../shared/demo/flow-rows.ts';
import { diagnose, diagnoseWithRawData } from '../../shared/diagnosis/diagnose.ts';
import type { Diagnosis } from '../../shared/diagnosis/diagnosis.ts';
import { exportFlow } from '../../shared/export/export-flow.ts';
import { discovery } from '../../shared/flow/discovery.ts';
import { FlowModel } from '../../shared/flow/model.ts';
import { openSession, type Session, sessionFor } from '../../shared/session.ts';
import { parseConfiguration } from '../../shared/settings/find-configuration.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { but, complete, flow, hoursAgo, MAPPINGS, type Overrides, WAITING } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
let session: Session;
beforeAll(async () => {
  install = await makeInstall('PostgreSQL', () => []);
  session = await install.session();
});
afterAll(() => install.close());

type MappingRow = {
  source?: string;
  target?: string;
  status?: string;
  confidence?: number | null;
  approvedAt?: string;
};

interface Made {
  readonly flow?: Overrides;
  readonly rows?: readonly MappingRow[];
  readonly rawData?: readonly unknown[];
}

async function insert(table: string, row: Record<string, unknown>): Promise<void> {
  const names = Object.keys(row);
  const values = names.map((name) => {
    const value = row[name];
    return value !== null && typeof value === 'object' ? JSON.stringify(value) : value;
  });
  const places = names.map((_, index) => `$${index + 1}`).join();
  await install.query(`insert into migration.${table} (${names.join()}) values (${places})`, values);
}

/** Makes a flow and diagnoses it. */
async function diagnosed(made: Made, on: Session = session): Promise<Diagnosis> {
  const rows: FlowRows & { flowId: string; importId: string } = flow(install.variant, made.flow);
  await insert('crewai_flow_state_extensions', rows.master ?? {});
  await insert('data_imports', rows.imports[0] ?? {});
  await insert('discovery_flows', rows.child ?? {});
  const raws = made.rawData?.map((raw_data) => ({ ...rows.rawRecords[0], id: randomUUID(), raw_data }));
  for (const raw of raws ?? rows.rawRecords) await insert('raw_import_records', raw);
  for (const row of made.rows ?? []) {
    const { source = 'hostname', status = 'suggested', confidence = null, approvedAt = null } = row;
    await insert('import_field_mappings', {
      data_import_id: rows.importId,
      client_account_id: rows.child?.client_account_id,
      source_field: source,
      target_field: row.target ?? (source === 'owner' ? 'business_owner' : source),
      match_type: 'direct',
      status,
      confidence_score: confidence,
      approved_at: approvedAt,
    });
  }
  const look = made.rawData ? diagnoseWithRawData : diagnose;
  return (await look(on, rows.flowId)).diagnosis;
}

describe('phases', () => {
  const mapping = (diagnosis: Diagnosis) => diagnosis.processed.find(({ phase }) => phase === 'field_mapping');
  const inMaster = { flow_status: 'waiting_for_approval', flow_persistence_data: { field_mappings: MAPPINGS } };

  test.each<[string, Made, string, RegExp]>([
    ['its flag is set and mappings are there', {}, 'COMPLETE_APPROVED', /^field_mapping_completed is true$/],
    [
      'its flag is set and rows are approved',
      { rows: [{ status: 'approved' }, { status: 'implemented' }, { status: 'rejected' }] },
      'COMPLETE_APPROVED',
      /2 of 2 rows approved/,
    ],
    [
      'its flag is set and nothing is there',
      { flow: { child: { field_mappings: null }, master: { flow_persistence_data: {} } } },
      'COMPLETE',
      /there are no mappings/,
    ],
    ['the child has the mappings', { flow: WAITING }, 'COMPLETE_UNAPPROVED', /^2 mappings saved/],
    [
      'some rows are approved and some are not',
      { flow: WAITING, rows: [{ status: 'approved' }, { status: 'suggested' }] },
      'PARTIAL_APPROVED',
      /^1 of 2 rows approved, the others wait/,
    ],
    [
      'all rows are approved and the flag does not say so',
      { flow: WAITING, rows: [{ status: 'approved' }] },
      'PARTIAL_APPROVED',
      /yet field_mapping_completed is false/,
    ],
    [
      'only the master has the mappings',
      { flow: { child: { ...WAITING.child, field_mappings: null }, master: inMaster } },
      'GENERATED_NOT_SAVED',
      /^2 mappings only in crewai_flow_state_extensions.flow_persistence_data/,
    ],
    [
      'only the table of mappings has them',
      { flow: { child: { ...WAITING.child, field_mappings: {} }, master: { flow_persistence_data: {} } }, rows: [{}] },
      'GENERATED_NOT_SAVED',
      /^1 mapping only in import_field_mappings/,
    ],
    [
      'it is next and has its raw data',
      { flow: { child: { ...complete(1), field_mappings: null }, master: { flow_persistence_data: {} } } },
      'READY_TO_START',
      /^data_import is complete/,
    ],
    [
      'it is next and no raw data is linked',
      {
        flow: {
          child: { ...complete(1), field_mappings: null },
          master: { flow_persistence_data: {} },
          import: { master_flow_id: null },
        },
      },
      'BLOCKED',
      /^no data import is linked/,
    ],
    [
      'it is next and the import is empty',
      { flow: { child: { ...complete(1), field_mappings: null }, master: { flow_persistence_data: {} } }, rawData: [] },
      'BLOCKED',
      /no raw records/,
    ],
    [
      'it failed',
      {
        flow: {
          child: { ...complete(1), field_mappings: null, status: 'failed', error_message: 'out of memory' },
          master: { flow_status: 'failed', flow_persistence_data: {} },
        },
      },
      'BLOCKED',
      /^the flow failed: out of memory$/,
    ],
    [
      'another comes first',
      { flow: { child: { ...complete(0), field_mappings: null }, master: { flow_persistence_data: {} } } },
      'NOT_STARTED',
      /^data_import comes first$/,
    ],
    [
      'the flow was put away',
      {
        flow: {
          child: { ...complete(1), field_mappings: null, status: 'deleted' },
          master: { flow_persistence_data: {} },
        },
      },
      'NOT_STARTED',
      /^the flow is deleted$/,
    ],
  ])('%s', async (_, made, state, why) => {
    const standing = mapping(await diagnosed(made));
    expect([standing?.state, standing?.why]).toEqual([state, expect.stringMatching(why)]);
  });

  test('a later phase is blocked without mappings, and the current one is where the flow stands', async () => {
    const { processed } = await diagnosed({
      flow: { child: { field_mappings: null }, master: { flow_persistence_data: {} } },
    });
    expect(processed[2]).toMatchObject({ phase: 'data_cleansing', state: 'BLOCKED', current: true });
    expect(processed.filter(({ current }) => current).length).toBe(1);
  });

  test('a kind of flow without an approval and without imported data', async () => {
    const phases = discovery.phases.map(({ name, title, flag }) => ({ name, title, flag }));
    const model = FlowModel.parse({
      ...discovery,
      phases,
      child: { ...discovery.child, columns: { ...discovery.child.columns, importId: null, mappings: null } },
    });
    const other = await sessionFor(await install.session(), model);
    const { processed, gaps } = await diagnosed({ flow: { child: complete(1) } }, other);
    expect(processed.map(({ state }) => state)).toEqual([
      'COMPLETE',
      'READY_TO_START',
      ...Array(4).fill('NOT_STARTED'),
    ]);
    expect(gaps).toEqual([]);
  });
});

describe('gaps', () => {
  const gapsOf = async (made: Made) => (await diagnosed(made)).gaps.map(({ kind, what }) => `${kind}: ${what}`);

  test.each<[string, Made, RegExp]>([
    ['a healthy flow has none', {}, /^$/],
    [
      'the child does not name its master',
      { flow: { child: { master_flow_id: null } } },
      /^missing: the child does not name its master$/,
    ],
    [
      'data without its flag',
      { flow: { child: complete(0) } },
      /^contradiction: 2 raw records are linked, but data_import_completed is false$/,
    ],
    [
      'a flag without its data',
      { rawData: [] },
      /contradiction: data_import_completed is true, but the linked import has no raw records/,
    ],
    [
      'records that are not what the import counts',
      { flow: { import: { total_records: 5 } } },
      /^contradiction: the import says 5 records, and 2 are there$/,
    ],
    [
      'approved by the flag, not by the rows',
      { rows: [{}] },
      /contradiction: field_mapping_completed is true, but 1 rows of mappings are not approved/,
    ],
    [
      'approved by the rows, not by the flag',
      { flow: WAITING, rows: [{ status: 'approved' }] },
      /contradiction: all 1 rows of mappings are approved, but field_mapping_completed is false/,
    ],
    ['what a rule found', { flow: { master: { flow_persistence_data: {} } } }, /^missing: .*mappings/],
  ])('%s', async (_, made, expected) => {
    expect((await gapsOf(made)).join('\n')).toMatch(expected);
  });
});

test('a rule of the configuration names columns: neither are they told to be wrong, nor is what should stand there forgotten', async () => {
  const where = "status = 'running' and link_key is not null and retries >= 0";
  const yaml = `customRules: [{id: mine, message: odd, severity: error, where: "${where}"}]`;
  const configuration = await parseConfiguration(yaml, 'f.yaml');
  const configured = await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: install.url }, { configuration }));
  try {
    const rows = but(WAITING, { child: { status: 'running' } });
    const { findings, records } = await diagnosed({ flow: rows }, configured);
    expect(findings.map(({ rule }) => rule)).toEqual(['child-status-should-wait', 'mine', 'approval-pending']);
    expect(records.map(({ shouldBe }) => shouldBe)).toEqual([{ status: 'waiting_for_approval' }, {}, {}]);
  } finally {
    await configured.close();
  }
});

describe('mapping quality', () => {
  const mappings = (value: unknown): Made => ({
    flow: { child: { field_mappings: value }, master: { flow_persistence_data: { field_mappings: value } } },
  });

  test('confidence is read from the mapping, else beside the mappings, else from the row', async () => {
    const { mappingQuality } = await diagnosed({
      ...mappings({
        hostname: { target: 'hostname', confidence: 0.8 },
        owner: 'business_owner',
        site: 'location',
        note: 'description',
        confidence_scores: { owner: 0.5, note: 'high' },
      }),
      rows: [
        { source: 'site', target: 'location', confidence: 0.49, status: 'approved' },
        { source: 'owner', confidence: 0.1 },
      ],
    });
    expect(mappingQuality).toEqual({
      high: 1,
      medium: 1,
      low: 1,
      unknown: 1,
      average: 0.6,
      lowest: [{ source: 'site', confidence: 0.49 }],
      from: { mapping: 1, scores: 1, rows: 1 },
      rows: expect.arrayContaining([
        { status: 'approved', rows: 1 },
        { status: 'suggested', rows: 1 },
      ]),
    });
  });

  test('a row that a person rejected, or that leads elsewhere, says nothing of a mapping', async () => {
    const { mappingQuality } = await diagnosed({
      ...mappings({ hostname: 'hostname', site: 'location' }),
      rows: [
        { source: 'hostname', confidence: 0.3 },
        { source: 'hostname', confidence: null },
        { source: 'hostname', confidence: 0.95, status: 'rejected' },
        { source: 'site', target: 'region', confidence: 0.9 },
      ],
    });
    expect(mappingQuality).toMatchObject({ high: 0, low: 1, unknown: 1, from: { mapping: 0, scores: 0, rows: 1 } });
  });

  test('percentages are no confidences, here and in the finding', async () => {
    const value = { hostname: { target: 'hostname', confidence: 40 }, site: { target: 'location', confidence: 0.4 } };
    const { mappingQuality, findings } = await diagnosed({
      flow: but(WAITING, {
        child: { field_mappings: value },
        master: { flow_persistence_data: { field_mappings: value } },
      }),
    });
    expect(mappingQuality).toMatchObject({ high: 0, medium: 0, low: 1, unknown: 1, average: 0.4 });
    const pending = findings.find(({ rule }) => rule === 'approval-pending');
    expect(JSON.stringify(pending?.evidence)).toMatch(/1 low.*1 without a number|1 without a number.*1 low/);
  });

  test('an empty object in the child hides nothing of what the master holds', async () => {
    const master = { flow_status: 'waiting_for_approval', flow_persistence_data: { field_mappings: MAPPINGS } };
    const diagnosis = await diagnosed({ flow: { child: { ...WAITING.child, field_mappings: {} }, master } });
    expect(diagnosis.fieldMappings).toMatchObject({ count: 2, child: { count: 0 }, master: { count: 2 } });
    const { high, medium, low, unknown } = diagnosis.mappingQuality ?? {};
    expect([high, medium, low, unknown].reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBe(2);
    expect(diagnosis.resume.why).toContain('2 field mappings');
    const pending = diagnosis.findings.find(({ rule }) => rule === 'approval-pending');
    expect(pending?.message).toBe('2 field mappings wait for approval');
    expect(pending?.evidence.some(({ found }) => /2 without a number|[12] (high|medium|low)/.test(found ?? ''))).toBe(
      true,
    );
    expect(diagnosis.resume.calls[0]?.body).toMatchObject({ field_mappings: MAPPINGS });
  });

  test('no mapping, no quality', async () => {
    const { mappingQuality } = await diagnosed(mappings([1]));
    expect(mappingQuality).toMatchObject({ high: 0, medium: 0, low: 0, unknown: 0, average: null });
  });
});

describe('timeline', () => {
  test('history, time stamps and approvals in order, with the time between; entries of any shape', async () => {
    const { timeline } = await diagnosed({
      flow: {
        child: { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T05:00:00Z' },
        master: {
          created_at: 'infinity',
          updated_at: '2026-01-01T05:00:01Z',
          phase_transitions: [
            { from: 'data_import', to: 'field_mapping', at: '2026-01-01T01:00:00Z' },
            { phase: 'field_mapping', status: 'completed', timestamp: '2026-01-01 02:00:00' },
            'a word',
            null,
            [1, 2],
          ],
          error_history: [{ error: 'crashed', phase: 'field_mapping', time: 1767232800 }],
        },
        import: { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' },
      },
      rows: [
        { status: 'approved', approvedAt: '2026-01-01T04:00:00Z' },
        { status: 'approved', approvedAt: '2026-01-01T04:00:00Z' },
      ],
    });
    const hour = 3_600_000;
    const told = timeline.events.map(({ at, afterMs, text }) => [at?.slice(11, 19) ?? null, afterMs, text]);
    expect(told.slice(3)).toEqual([
      ['01:00:00', hour, 'phase data_import → field_mapping'],
      ['02:00:00', hour, 'phase field_mapping: completed'],
      ['02:00:00', 0, 'error field_mapping: crashed'],
      ['04:00:00', 2 * hour, '2 mapping rows approved'],
      ['05:00:00', hour, 'child record last written'],
      ['05:00:01', 1_000, 'master record last written'],
      [null, null, 'phase a word'],
      [null, null, 'phase null'],
      [null, null, 'phase [1,2]'],
    ]);
    expect(timeline.leftOut).toBe(0);
  });

  test('secrets in history and error texts are not shown', async () => {
    const secret = 'hunter2';
    const { timeline, processed } = await diagnosed({
      flow: {
        child: {
          ...complete(1),
          field_mappings: null,
          status: 'failed',
          error_message: `postgresql://u:${secret}@h/db refused`,
        },
        master: { flow_persistence_data: {}, error_history: [{ error: `password=${secret}` }, { password: secret }] },
      },
    });
    const shown = JSON.stringify([timeline, processed]);
    expect(shown).toContain('postgresql://');
    expect(shown).not.toContain(secret);
  });

  test('the newest 200 are kept, and the rest is counted', async () => {
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
    const phase_transitions = Array.from({ length: 500 }, (_, index) => ({ to: `step ${index}`, at: at(index) }));
    const { timeline } = await diagnosed({ flow: { master: { phase_transitions } } });
    expect(timeline.events.length).toBe(200);
    expect(timeline.leftOut).toBe(500 + 6 - 200);
    expect(timeline.events.some(({ text }) => text === 'phase to step 499')).toBe(true);
  });

  test('what is no time is none: blanks, small numbers, words with a number', async () => {
    const phase_transitions = ['   ', '0', 5, 'step 3', '2026-01-01 02:00:00+00', '1767232800'].map((at) => ({
      to: 'a',
      at,
    }));
    const { timeline } = await diagnosed({ flow: { master: { phase_transitions } } });
    const times = timeline.events.filter(({ text }) => text === 'phase to a').map(({ at }) => at);
    expect(times).toEqual(['2026-01-01T02:00:00.000Z', '2026-01-01T02:00:00.000Z', null, null, null, null]);
  });

  test.each([{}, { a: { b: 1 } }, 7, '"text"', [[[]]], [{ at: 'yesterday' }]])(
    'history that is %j',
    async (phase_transitions) => {
      await expect(
        diagnosed({ flow: { master: { phase_transitions, error_history: phase_transitions } } }),
      ).resolves.toBeDefined();
    },
  );
});

describe('raw data', () => {
  test('fields with presence, types, distinct values, samples and whether they are mapped', async () => {
    const { rawData } = await diagnosed({
      rawData: [
        { hostname: 'a', cores: 4, odd: null },
        { hostname: 'bb', cores: '4' },
        { hostname: 'a', cores: '' },
        ['no object'],
      ],
    });
    expect(rawData).toMatchObject({
      rows: 4,
      total: 4,
      objects: 3,
      other: 1,
      unreadable: 0,
      tooLarge: 0,
      fieldCount: 3,
    });
    expect(rawData?.fields).toEqual([
      {
        name: 'cores',
        present: 3,
        empty: 1,
        types: ['number', 'string'],
        distinct: 2,
        longest: 1,
        samples: ['4'],
        mapped: false,
      },
      {
        name: 'hostname',
        present: 3,
        empty: 0,
        types: ['string'],
        distinct: 2,
        longest: 2,
        samples: ['a', 'bb'],
        mapped: true,
      },
      { name: 'odd', present: 1, empty: 1, types: ['null'], distinct: 0, longest: 0, samples: [], mapped: false },
    ]);
    expect(rawData?.mappedButAbsent).toEqual(['owner']);
  });

  test('at most 1,000 rows are looked at, and it says of how many', async () => {
    const { flowId } = await diagnosed({ flow: { import: { total_records: 1_502 } } });
    await install.query(
      `insert into migration.raw_import_records (data_import_id, row_number, raw_data)
       select data_import_id, n, json_build_object('hostname', n)
       from migration.discovery_flows, generate_series(1, 1500) n where flow_id = $1`,
      [flowId],
    );
    const { rawData, links } = (await diagnoseWithRawData(session, flowId)).diagnosis;
    expect([rawData?.rows, rawData?.total]).toEqual([1_000, 1_502]);
    expect(links.find(({ table }) => table === 'raw_import_records')).toMatchObject({
      right: 2,
      empty: 1_500,
      other: 0,
    });
  });
});

test('a master without a child is diagnosed, and nothing is claimed of a child', async () => {
  const { master, flowId } = flow(install.variant);
  await insert('crewai_flow_state_extensions', { ...master, updated_at: '2026-01-01T00:00:00Z' });
  const { diagnosis } = await diagnoseWithRawData(session, flowId);
  expect((await diagnose(session, flowId.slice(0, 13))).diagnosis.flowId).toBe(flowId);
  expect(diagnosis.records.map(({ found }) => found)).toEqual([false, true, false]);
  expect(new Set(diagnosis.processed.map(({ state, why }) => `${state}: ${why}`))).toEqual(
    new Set(['NOT_STARTED: there is no child record']),
  );
  expect(diagnosis.gaps.map(({ rule }) => rule)).toEqual(['master-without-child']);
  expect([diagnosis.resume.point, diagnosis.links.map(({ record }) => record)]).toEqual([null, ['master']]);
  expect((await exportFlow(session, flowId)).records).toMatchObject({ child: [], master: [{ flow_id: flowId }] });
});

test('a diagnosis is one statement, with raw data two', async () => {
  const { flowId } = await diagnosed({});
  let statements = 0;
  const read: Session['primary']['read'] = (statement) => {
    statements += 1;
    return session.primary.read(statement);
  };
  const counting: Session = { ...session, reader: { ...session.reader, read }, primary: { read } };
  await diagnose(counting, flowId);
  expect(statements).toBe(1);
  await diagnoseWithRawData(counting, flowId);
  expect(statements).toBe(3);
});

test('a candidate that is not decisive says why', async () => {
  const { import: found } = await diagnosed({
    flow: { child: { data_import_id: null }, import: { master_flow_id: null } },
  });
  expect(found?.candidates.map(({ decisive, whyNotDecisive }) => [decisive, whyNotDecisive])).toEqual([
    [false, 'the flow does not name it, and nearness in time decides nothing'],
  ]);
});

test('an install without the history, the mapping rows and the raw records is diagnosed and exported all the same', async () => {
  const { flowId } = await diagnosed({ rows: [{}] });
  const bare = await makeInstall('PostgreSQL', (variant) => [
    flow(variant, { child: { flow_id: flowId }, master: { flow_id: flowId } }),
  ]);
  await bare.query('drop table migration.import_field_mappings');
  await bare.query('drop table migration.raw_import_records');
  await bare.query(`alter table migration.crewai_flow_state_extensions
    drop column phase_transitions, drop column error_history, drop column created_at`);
  await bare.query('alter table migration.data_imports drop column started_at, drop column completed_at');
  const open = await bare.session();
  const { diagnosis } = await diagnoseWithRawData(open, flowId);
  expect([diagnosis.rawData, diagnosis.timeline.leftOut, diagnosis.mappingQuality?.rows]).toEqual([null, 0, []]);
  const { records } = await exportFlow(open, flowId);
  expect([records.child.length, records.rawRecords, records.mappingRows]).toEqual([1, [], []]);
  await bare.close();
});

test('the headline of a flow that is properly shown to wait is what is wrong with it', async () => {
  const elsewhere = { import: { client_account_id: randomUUID() } };
  const shown = await diagnosed({ flow: { ...WAITING, ...elsewhere } });
  expect([shown.verdict, shown.headline]).toEqual(['stuck', 'the import belongs to another tenant than the child']);
  const unseen = await diagnosed({ flow: { ...WAITING, child: { ...WAITING.child, status: 'running' } } });
  expect(unseen.headline).toBe('waits for an approval nobody was shown');
});

test('what is wrong with the import that the child names is not shown on the one that is linked', async () => {
  const tenant = randomUUID();
  const { imports, importId: named } = flow(install.variant, { tenant });
  await insert('data_imports', { ...imports[0], master_flow_id: null, total_records: 9 });
  const { records, findings } = await diagnosed({ flow: { tenant, child: { data_import_id: named } } });
  expect(findings.map(({ rule }) => rule)).toEqual(['import-named-otherwise', 'record-count-differs']);
  const shown = records.find(({ record }) => record === 'import');
  expect([shown?.values.total_records, shown?.shouldBe]).toEqual(['2', {}]);
});

test('a flow of which a rule only notes something is not said to be healthy: a scan does not either', async () => {
  const { verdict, headline } = await diagnosed({ flow: { rawRecords: { master_flow_id: null } } });
  expect([verdict, headline]).toEqual(['out of step', '2 of 2 raw records carry no link to the flow']);
});

test('of a flow that is stalled nothing is to be mended by hand', async () => {
  const { recommended } = await diagnosed({ flow: { child: { updated_at: hoursAgo(100) } } });
  expect(recommended.map(({ action, text }) => `${action}: ${text}`)).toEqual([
    'look: Working without an update for 24 hours: a flow that works is written at least every 24 hours; retry or resume it from the platform',
  ]);
});

test('of a flow that is stalled the resume point does not say that it is being worked on', async () => {
  const { resume } = await diagnosed({
    flow: { child: { status: 'running', updated_at: hoursAgo(100) }, master: { flow_status: 'running' } },
  });
  expect(resume.point).toMatchObject({
    phase: 'data_cleansing',
    why: expect.stringMatching(/its status says .*\(running\), but nothing was written for 100 hours/),
  });
});

test('nor of one without an import: the phases say that it is blocked', async () => {
  const { resume, processed } = await diagnosed({ flow: { import: { master_flow_id: null } } });
  expect(resume.why).toMatch(/its status says .*\(processing\), but no data import is linked/);
  expect(processed.map(({ state }) => state)).toContain('BLOCKED');
});

test('of several linked imports none is decisive', async () => {
  const { flowId, import: one } = await diagnosed({});
  await install.query(
    `insert into migration.data_imports
       (client_account_id, engagement_id, master_flow_id, import_name, import_type, filename, imported_by)
     select client_account_id, engagement_id, master_flow_id, 'again.csv', import_type, filename, imported_by
     from migration.data_imports where id = $1`,
    [one?.decided],
  );
  const { import: two } = (await diagnose(session, flowId)).diagnosis;
  expect([one?.decided, two?.linked, two?.decided]).toEqual([expect.any(String), true, null]);
  expect(two?.candidates.map(({ linked, decisive }) => [linked, decisive])).toEqual([
    [true, false],
    [true, false],
  ]);
});

test('times of an install that stores them without a zone are those of UTC, wherever Flowmend runs', async () => {
  const at = (hour: number) => `2026-01-01T0${hour}:00:00Z`;
  const bare = await makeInstall('PostgreSQL', (variant) => [
    flow(variant, {
      child: { created_at: at(0), updated_at: at(5), data_import_id: null },
      master: { created_at: at(1), updated_at: at(4), phase_transitions: [{ to: 'a', at: at(2) }] },
      import: { created_at: '2026-01-01T00:30:00Z', updated_at: at(3), master_flow_id: null },
      mappingRows: [{ source_field: 'hostname', target_field: 'hostname', approved_at: at(3), status: 'approved' }],
    }),
  ]);
  const tables = ['discovery_flows', 'crewai_flow_state_extensions', 'data_imports'];
  for (const table of tables) {
    await bare.query(`alter table migration.${table}
      alter created_at type timestamp, alter updated_at type timestamp`);
  }
  await bare.query('alter table migration.import_field_mappings alter approved_at type timestamp');
  const zone = process.env.TZ;
  process.env.TZ = 'America/New_York';
  try {
    const [{ flow_id } = {}] = await bare.query('select flow_id from migration.discovery_flows');
    const { diagnosis } = await diagnose(await bare.session(), String(flow_id));
    expect(diagnosis.timeline.events.map(({ at: time, text }) => [time?.slice(11, 13), text])).toEqual([
      ['00', 'child record created'],
      ['01', 'master record created'],
      ['02', 'phase to a'],
      ['04', 'master record last written'],
      ['05', 'child record last written'],
    ]);
    expect(diagnosis.records.map(({ updatedAt }) => updatedAt)).toEqual([
      '2026-01-01T05:00:00+00:00',
      '2026-01-01T04:00:00Z',
      null,
    ]);
    expect(diagnosis.import?.candidates[0]?.evidence).toContainEqual({
      speaks: 'for',
      text: 'created 30 min apart from the flow',
    });
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
    await bare.close();
  }
});

test('fields that were not looked for are not told as missing: a wide record, a record that lacks some', async () => {
  const evidenceFor = async (fields: number, present: number) => {
    const keys = Array.from({ length: fields }, (_, index) => `field ${index}`);
    const field_mappings = Object.fromEntries(keys.map((key) => [key, key]));
    const { import: found } = await diagnosed({
      flow: {
        child: { field_mappings },
        master: { flow_persistence_data: { field_mappings } },
        import: { master_flow_id: null, total_records: 1 },
      },
      rawData: [Object.fromEntries(keys.slice(0, present).map((key) => [key, 1]))],
    });
    return found?.candidates.map(({ decisive, evidence }) => [
      decisive,
      ...evidence.filter(({ text }) => text.includes('mapped fields')).map(({ speaks, text }) => `${speaks}: ${text}`),
    ]);
  };
  expect(await evidenceFor(450, 450)).toEqual([[true]]);
  expect(await evidenceFor(6, 1)).toEqual([
    [false, 'against: 1 of 6 mapped fields are in the one of its raw records that was looked at'],
  ]);
  expect(await evidenceFor(6, 6)).toEqual([[true, 'for: 6 of 6 mapped fields are in its data']]);
});

test('where the two keys of the master are the same one, its link is no wrong one', async () => {
  const flowId = randomUUID();
  const rows = flow(install.variant, {
    child: { flow_id: flowId, master_flow_id: flowId },
    master: { id: flowId, flow_id: flowId },
    import: { master_flow_id: flowId },
    rawRecords: { master_flow_id: flowId },
  });
  await insertFlows(install.query, 'migration', [rows]);
  const { findings, import: found } = (await diagnose(session, flowId)).diagnosis;
  expect(findings).toEqual([]);
  expect(found?.candidates[0]?.evidence.map(({ text }) => text).join()).not.toContain('other key');
});
