import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { olderInstall } from '../../shared/demo/install-schema.ts';
import { jsonSchemas } from '../../shared/report/machine/json.ts';
import { assessmentFlow } from '../support/assessment-flow.ts';
import { flow, hoursAgo } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';

const broken = assessmentFlow({ child: { progress: 0 } });
let install: Install;
let environment: Record<string, string>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-test-'));
  install = await makeInstall('PostgreSQL', (variant) => [flow(variant), broken, assessmentFlow()], {
    ...olderInstall,
    assessments: true,
  });
  environment = { FLOWMEND_DATABASE_URL: install.url };
});
afterAll(async () => {
  await install.close();
  await rm(folder, { recursive: true, force: true });
});

test('scan shows one kind: discovery flows, unless another is asked for', async () => {
  expect((await flowmend(['scan'], environment)).code).toBe(0);
  for (const [args, more] of [
    [['scan', '--json', '--kind', 'assessment'], {}],
    [['scan', '--json'], { FLOWMEND_KIND: 'assessment' }],
  ] as const) {
    const { code, stdout } = await flowmend(args, { ...environment, ...more });
    const { kind, totals, flows } = jsonSchemas.scan.parse(JSON.parse(stdout));
    expect([code, kind, totals.flows, flows.length]).toEqual([1, 'assessment', 2, 1]);
  }
  const wrong = await flowmend(['scan', '--kind', 'dance'], environment);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('discovery, assessment')]);
});

test('a flow is found whatever its kind: diagnosed, planned, applied from the file and taken back', async () => {
  const id = broken.flowId;
  const seen = await flowmend(['diagnose', id.slice(0, 13)], environment);
  expect([seen.code, seen.stdout]).toEqual([1, expect.stringContaining('progress is 0 but should be 33')]);
  const file = join(folder, 'plan.json');
  expect((await flowmend(['plan', id, '-o', file], environment)).code).toBe(1);
  expect((await flowmend(['preview', file], environment)).stdout).toContain('assessment_flows');
  const { code, stdout } = await flowmend(['apply', file, '--yes', '--json'], environment);
  const { outcome } = jsonSchemas.apply.parse(JSON.parse(stdout));
  if (outcome.kind !== 'applied') throw new Error(stdout);
  expect(code).toBe(0);
  expect((await flowmend(['diagnose', id], environment)).code).toBe(0);
  expect((await flowmend(['undo', outcome.receipt.id, '--yes'], environment)).code).toBe(0);
  expect((await flowmend(['diagnose', id], environment)).code).toBe(1);
});

test('where the ids of the kind are is told of an id that it has not', async () => {
  for (const id of ['00000000', '00000000-0000-4000-8000-000000000000']) {
    const { code, stderr } = await flowmend(['diagnose', id, '--kind', 'assessment'], environment);
    expect([code, stderr]).toEqual([2, expect.stringContaining('`flowmend scan --all --kind assessment`')]);
  }
});

test('what a scan of another kind lists is diagnosed without --kind, and an id of two kinds is asked about', async () => {
  const alone = { ...assessmentFlow({ master: { updated_at: hoursAgo(5) } }), child: undefined };
  const twice = assessmentFlow({ child: { progress: 0 } });
  const id = twice.flowId;
  const other = await makeInstall(
    'PostgreSQL',
    (variant) => {
      const rows = flow(variant);
      const ofId = { flow_id: id, master_flow_id: id };
      const { client_account_id, engagement_id } = twice.child ?? {};
      return [
        alone,
        twice,
        {
          ...rows,
          master: undefined,
          imports: [],
          rawRecords: [],
          child: { ...rows.child, ...ofId, client_account_id, engagement_id, data_import_id: null },
        },
      ];
    },
    { ...olderInstall, assessments: true },
  );
  const there = { FLOWMEND_DATABASE_URL: other.url };
  const listed = await flowmend(['scan', '--kind', 'assessment'], there);
  expect(listed.stdout).toContain(alone.flowId.slice(0, 8));
  const seen = await flowmend(['diagnose', alone.flowId], there);
  expect([seen.code, seen.stdout]).toEqual([1, expect.stringContaining('has no child record')]);
  const asked = await flowmend(['diagnose', id], there);
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringMatching(/discovery and assessment flows[\s\S]*--kind/)]);
  const told = await flowmend(['diagnose', id, '--kind', 'assessment'], there);
  expect([told.code, told.stdout]).toEqual([1, expect.stringContaining('progress is 0 but should be 33')]);
  await other.close();
});

test('a flow is exported whatever its kind', async () => {
  const { code, stdout } = await flowmend(['export', broken.flowId.slice(0, 13), '--json'], environment);
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { flowId: broken.flowId, diagnosis: { kind: 'assessment' } }]);
});

test('a list of flows is planned for their kind, without --kind', async () => {
  const file = join(folder, 'list.json');
  await writeFile(file, JSON.stringify({ flows: [broken.flowId] }));
  const { code, stdout } = await flowmend(['plan', '--from', file, '--json'], environment);
  expect([code, jsonSchemas.plan.parse(JSON.parse(stdout)).flows]).toEqual([1, [broken.flowId]]);
});

test('resuming it says why it cannot', async () => {
  const paused = assessmentFlow({ child: { status: 'paused' }, master: { flow_status: 'paused' } });
  const other = await makeInstall('PostgreSQL', () => [paused], { ...olderInstall, assessments: true });
  const { code, stdout } = await flowmend(['resume', paused.flowId, '--yes'], { FLOWMEND_DATABASE_URL: other.url });
  expect([code, stdout]).toEqual([6, expect.stringContaining('no endpoint that resumes assessment flows')]);
  await other.close();
});
