import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diagnose, diagnoseWithRawData } from '../../shared/diagnosis/diagnose.ts';
import { exportFlow } from '../../shared/export/export-flow.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { jsonSchemas, jsonText } from '../../shared/report/machine/json.ts';
import { flow } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';

const SECRETS = ['hunter2', 'sk-secret-0123456789', 'nobody-reads-this', 'RAWPW', 'NESTED', 'INTEXT', 'SESSION'];
const PERSONAL = [
  ...[
    'someone',
    'jo@mail.example.org',
    '192.0.2.99',
    '+49 89 1234567',
    'Jo Doe',
    'Al Roe',
    'key@example.org',
    'Row Moe',
  ],
  'the operator wrote',
];

/** The second one is longer than a sample. */
const SECRET_FIELDS = { Password: 'RAWPW', login: { api_key: 'NESTED', url: 'x'.repeat(90) }, tokens: 7 };

let install: Install;
let folder: string;
let flowId = '';
let broken = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-export-'));
  install = await makeInstall('PostgreSQL', (variant) => {
    const rows = flow(variant, {
      child: {
        user_id: 'someone',
        error_details: { text: 'jo@mail.example.org could not reach 192.0.2.99', api_key: 'nobody-reads-this' },
        agent_state: { db: { password: 'hunter2' }, contact: '+49 89 1234567', token: 'sk-secret-0123456789' },
        error_message: `the operator wrote token=INTEXT ${'much '.repeat(40)}`,
        status: 'failed',
      },
      master: {
        flow_status: 'failed',
        flow_persistence_data: {
          sessionId: 'SESSION',
          user: { name: 'Al Roe' },
          seen: { 'key@example.org': 1 },
          data: [{ hostname: 'Row Moe' }],
          rawData: { any: 'Row Moe' },
        },
        error_history: [{ error: `the operator wrote ${'a lot '.repeat(60)}` }],
      },
    });
    const progress = flow(variant, { child: { progress_percentage: 0 } });
    ({ flowId } = rows);
    broken = progress.flowId;
    return [
      {
        ...rows,
        rawRecords: rows.rawRecords.map((row) => ({
          ...row,
          raw_data: { hostname: 'h', owner: 'Jo Doe', ...SECRET_FIELDS },
        })),
      },
      progress,
    ];
  });
});
afterAll(async () => {
  await install.close();
  await rm(folder, { recursive: true, force: true });
});

describe('an export', () => {
  test('has every column of every record, as it stands', async () => {
    const { records, diagnosis, leftOut } = await exportFlow(await install.session(), flowId);
    const [stored] = await install.query('select * from migration.discovery_flows where flow_id = $1', [flowId]);
    expect(Object.keys(records.child[0] ?? {}).sort()).toEqual(Object.keys(stored ?? {}).sort());
    expect(records.child[0]).toMatchObject({
      flow_id: flowId,
      progress_percentage: '33.3',
      field_mappings: stored?.field_mappings,
    });
    expect([records.master.length, records.import.length, records.rawRecords.length]).toEqual([1, 1, 2]);
    expect(records.rawRecords[0]?.raw_data).toEqual({
      hostname: 'h',
      owner: 'Jo Doe',
      Password: '[hidden]',
      login: { api_key: '[hidden]', url: 'x'.repeat(90) },
      tokens: 7,
    });
    expect(diagnosis.rawData?.fields.map(({ name, mapped }) => [name, mapped])).toEqual([
      ['Password', false],
      ['hostname', true],
      ['login', false],
      ['owner', true],
      ['tokens', false],
    ]);
    expect(leftOut).toEqual([]);
  });

  test('has numbers as they are stored, however long', async () => {
    const install = await makeInstall('PostgreSQL', (variant) => [flow(variant, { child: { flow_id: flowId } })]);
    const raw = '{"serial": 12345678901234567890, "share": 0.5}';
    await install.query('update migration.raw_import_records set raw_data = $1', [raw]);
    const { records } = await exportFlow(await install.session(), flowId);
    await install.close();
    expect(records.rawRecords[0]?.raw_data).toEqual({ serial: '12345678901234567890', share: 0.5 });
  });

  test('hides secrets, also without being asked, and keeps the rest', async () => {
    const text = jsonText('export', await exportFlow(await install.session(), flowId));
    for (const secret of SECRETS) expect(text).not.toContain(secret);
    for (const personal of PERSONAL) expect(text).toContain(personal);
  });

  test('a diagnosis with raw data shows no sample of a secret either, and counts stay', async () => {
    const { diagnosis } = await diagnoseWithRawData(await install.session(), flowId);
    const samples = (name: string) => diagnosis.rawData?.fields.find((field) => field.name === name)?.samples;
    expect([samples('Password'), samples('tokens'), samples('owner')]).toEqual([['[hidden]'], ['7'], ['Jo Doe']]);
    expect(JSON.stringify(diagnosis.rawData)).not.toMatch(/RAWPW|NESTED/);
  });

  test('redacted: no personal data and no raw value is left, and the ids stay', async () => {
    const document = await exportFlow(await install.session(), flowId, { redact: true });
    const text = jsonText('export', document);
    for (const hidden of [...SECRETS, ...PERSONAL.slice(0, -1)]) expect(text).not.toContain(hidden);
    expect(text).not.toContain('much '.repeat(15));
    expect(text).not.toContain('a lot '.repeat(15));
    expect(document.records.rawRecords[0]?.raw_data).toEqual({
      hostname: 'string(1)',
      owner: 'string(6)',
      Password: 'string(8)',
      login: { api_key: 'string(8)', url: 'string(90)' },
      tokens: 'number(1)',
    });
    expect(text).toContain(flowId);
  });

  test('what is cut is hidden as the rest is: by its keys', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({
      hostname: `RAWVALUE${i}`,
      contact_person: `Jane Doe ${i}`,
    }));
    const install = await makeInstall('PostgreSQL', (variant) => [
      flow(variant, {
        child: { flow_id: flowId },
        master: { flow_persistence_data: { a: { secrets: ['CUT1', { b: 'CUT2' }] }, raw_data: rows } },
      }),
    ]);
    const longSecret = { a: { clientSecret: { b: 'CUT3' } }, secrets: ['CUT4', 'x'.repeat(30_000)] };
    await install.query('update migration.raw_import_records set raw_data = $1', [JSON.stringify(longSecret)]);
    await install.query('update migration.discovery_flows set agent_state = $1', [
      JSON.stringify('word '.repeat(250_000)),
    ]);
    const session = await install.session();
    const open = await exportFlow(session, flowId);
    const redacted = await exportFlow(session, flowId, { redact: true });
    await install.close();
    expect(open.records.master[0]?.flow_persistence_data).toMatchObject({ raw_data: { 17: rows[17] } });
    expect(open.records.rawRecords[0]?.raw_data).toEqual({ a: { clientSecret: '[hidden]' }, secrets: '[hidden]' });
    expect(jsonText('export', open)).not.toMatch(/CUT\d/);
    const text = jsonText('export', redacted);
    expect(text).not.toMatch(/CUT\d|RAWVALUE|Jane Doe/);
    expect(text).toContain('"hostname": "string(10)"');
    for (const { leftOut } of [open, redacted]) {
      expect(leftOut.join('\n')).toMatch(/flow_persistence_data of id .*: all but the first 1000000 characters/);
      expect(leftOut.join('\n')).toMatch(/agent_state of id .*: all but the first 1000000 characters/);
      expect(leftOut.join('\n')).toMatch(/raw_data of id .*: all but the first 20000 characters/);
    }
  });

  test('says which raw records it left out', async () => {
    const { records, leftOut } = await exportFlow(await install.session(), flowId, { rows: 1 });
    expect(records.rawRecords.length).toBe(1);
    expect(leftOut).toEqual(['1 raw records; --rows takes more']);
  });

  test('has the receipts of the flow', async () => {
    const session = await install.session();
    const outcome = await apply(session, planRepair(session, (await diagnose(session, broken)).facts), {
      createJournal: true,
    });
    if (outcome.kind !== 'applied') throw new Error(outcome.kind);
    const { receipts } = await exportFlow(session, broken);
    expect(receipts).toEqual([outcome.receipt]);
    expect((await exportFlow(session, flowId)).receipts).toEqual([]);
  });
});

describe('flowmend export', () => {
  const run = (...args: string[]) => flowmend(['export', ...args], { FLOWMEND_DATABASE_URL: install.url });

  test('writes a file that only its owner reads, once', async () => {
    const path = join(folder, 'flow.json');
    const { code, stdout } = await run(flowId, '-o', path, '--redact');
    expect([code, stdout]).toEqual([0, expect.stringContaining('redacted')]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const text = await readFile(path, 'utf8');
    expect(jsonSchemas.export.parse(JSON.parse(text)).redacted).toBe(true);
    const again = await run(flowId, '-o', path);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('it exists already')]);
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  test('prints the document where no file is named', async () => {
    const { code, stdout } = await run(flowId);
    expect([code, jsonSchemas.export.parse(JSON.parse(stdout)).flowId]).toEqual([0, flowId]);
    expect((await run(flowId, '--rows', 'many')).code).toBe(2);
  });
});
