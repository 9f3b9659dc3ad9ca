import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonSchemas } from '../../shared/report/machine/json.ts';
import { flow, hoursAgo } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
let other: Install;
let folder: string;
let flowId = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-configured-'));
  install = await makeInstall('PostgreSQL', (variant) => {
    const broken = flow(variant, {
      child: { progress_percentage: 99, updated_at: hoursAgo(20) },
      master: { retry_count: 2 },
    });
    flowId = broken.flowId;
    return [broken];
  });
  other = await makeInstall('PostgreSQL', (variant) => [flow(variant), flow(variant)]);
});
afterAll(async () => {
  await install.close();
  await other.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a subcommand with this configuration in `flowmend.yaml` of the current folder. */
async function configured(yaml: string, args: readonly string[], environment: Record<string, string> = {}) {
  await writeFile(join(folder, 'flowmend.yaml'), yaml);
  return flowmend(args, { FLOWMEND_DATABASE_URL: install.url, ...environment }, folder);
}

async function findingsOf(yaml: string) {
  const { code, stdout, stderr } = await configured(yaml, ['diagnose', flowId, '--json']);
  if (stderr) throw new Error(stderr);
  const { findings } = jsonSchemas.diagnose.parse(JSON.parse(stdout));
  return { code, findings: findings.map(({ rule, severity }) => `${severity}: ${rule}`) };
}

describe('rules', () => {
  test.each<[string, string, number, string[]]>([
    ['as they are', '{}', 1, ['warning: progress-out-of-step']],
    ['another severity', 'rules: {progress-out-of-step: error}', 1, ['error: progress-out-of-step']],
    ['off', 'rules: {progress-out-of-step: off}', 0, []],
    ['another threshold, and off', 'rules: {progress-out-of-step: off, stalled: {hours: 10}}', 1, ['warning: stalled']],
    [
      'both at once, worst first',
      'rules: {stalled: {hours: 19.5, severity: error}, too-many-retries: {retries: 1}}',
      1,
      ['error: stalled', 'warning: progress-out-of-step', 'warning: too-many-retries'],
    ],
    [
      'a custom rule',
      'customRules: [{id: mine, message: odd, severity: info, where: "retries = 2"}]\nrules: {progress-out-of-step: off}',
      1,
      ['info: mine'],
    ],
    [
      'the other convention of the master',
      'master: lifecycle\nrules: {progress-out-of-step: off}',
      1,
      ['error: master-status-out-of-step'],
    ],
  ])('%s', async (_, yaml, code, findings) => {
    expect(await findingsOf(yaml)).toEqual({ code, findings });
  });

  test('a scan counts by the configured severity, and ends with 0 where nothing is left', async () => {
    const errors = await configured('rules: {progress-out-of-step: error}', ['scan', '--json']);
    expect([errors.code, JSON.parse(errors.stdout).totals]).toMatchObject([1, { error: 1, warning: 0 }]);
    const none = await configured('rules: {progress-out-of-step: off}', ['scan', '--json']);
    expect([none.code, JSON.parse(none.stdout).totals]).toMatchObject([0, { error: 0, healthy: 1 }]);
  });

  test('a custom rule in SARIF', async () => {
    const yaml = 'customRules: [{id: mine, message: odd, severity: error, where: "retries = 2", help: do this}]';
    const { code, stdout } = await configured(yaml, ['scan', '--format', 'sarif']);
    const [{ tool, results }] = JSON.parse(stdout).runs;
    expect([code, results[0]]).toMatchObject([1, { ruleId: 'mine', level: 'error' }]);
    expect(tool.driver.rules[results[0].ruleIndex]).toMatchObject({ id: 'mine', help: { text: 'do this' } });
  });
});

test('a custom rule that the install cannot answer: 3 where nothing is found, 1 where something is', async () => {
  const bare = await makeInstall('PostgreSQL', (variant) => [flow(variant)]);
  try {
    await bare.query('alter table migration.crewai_flow_state_extensions drop column retry_count');
    const yaml = 'customRules: [{id: mine, message: odd, severity: info, where: "retries > 100"}]';
    const on = { FLOWMEND_DATABASE_URL: bare.url };
    const [{ flow_id: id }] = (await bare.query('select flow_id::text from migration.discovery_flows')) as [
      { flow_id: string },
    ];
    for (const args of [['scan'], ['scan', '--stream'], ['diagnose', id]]) {
      expect([args, (await configured(yaml, args, on)).code]).toEqual([args, 3]);
      // What Flowmend itself would ask and cannot is told, and no reason to stop a script.
      expect([args, (await configured('{}', args, on)).code]).toEqual([args, 0]);
    }
    expect((await configured(yaml, ['scan'], on)).stdout).toContain('mine was not asked: there is no ');
    await bare.query('update migration.discovery_flows set progress_percentage = 99');
    expect((await configured(yaml, ['scan'], on)).code).toBe(1);
  } finally {
    await bare.close();
  }
});

describe('what is wrong with it: 2, in one line with its place, and nothing is checked', () => {
  test.each([
    ['rules:\n  staled: off', 'flowmend: flowmend.yaml:2:3: rules knows no "staled": did you mean "stalled"?'],
    ['rules: [', 'flowmend: flowmend.yaml:1:'],
    [
      'customRules:\n  - id: mine\n    message: odd\n    severity: info\n    where: open and random() > 0.5',
      'flowmend: flowmend.yaml:5:21: custom rule mine: random() is volatile',
    ],
  ])('%s', async (yaml, line) => {
    const { code, stdout, stderr } = await configured(yaml, ['scan']);
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([2, '', expect.stringContaining(line)]);
    const json = await configured(yaml, ['scan', '--json']);
    expect([json.code, JSON.parse(json.stdout).error.code]).toEqual([2, 'settings-invalid']);
  });

  test('the demo needs none of it', async () => {
    expect((await configured('nonsense: true', ['demo'])).code).toBe(0);
  });
});

test('a custom rule that fails on a row: 3, naming it; never healthy', async () => {
  const yaml =
    'rules: {progress-out-of-step: off}\ncustomRules: [{id: mine, message: odd, severity: error, where: "1 / (retries - 2) > 0"}]';
  for (const args of [['scan'], ['scan', '--stream'], ['diagnose', flowId]]) {
    const { code, stderr } = await configured(yaml, args);
    expect([code, stderr]).toEqual([3, expect.stringContaining('The custom rule mine could not be asked')]);
  }
});

describe('connections', () => {
  const yaml = `connections:
  here: { urlFrom: HERE_URL, label: Here }
  there: { urlFrom: THERE_URL, production: true }`;
  const flows = async (args: string[], environment: Record<string, string> = {}) => {
    const urls = { HERE_URL: install.url, THERE_URL: other.url };
    const { stdout } = await configured(yaml, ['scan', '--json', ...args], { ...urls, ...environment });
    const { totals, database } = JSON.parse(stdout);
    return [totals.flows, database];
  };

  test('by --connection, before or after the subcommand, before FLOWMEND_CONNECTION', async () => {
    expect(await flows([])).toEqual([1, expect.not.stringContaining('Here')]);
    expect(await flows(['--connection', 'there'])).toEqual([2, expect.any(String)]);
    expect(await flows([], { FLOWMEND_CONNECTION: 'there' })).toEqual([2, expect.any(String)]);
    expect(await flows(['--connection', 'here'], { FLOWMEND_CONNECTION: 'there' })).toEqual([
      1,
      expect.stringMatching(/^Here \(flowmend_\w+ on 127\.0\.0\.1:\d+\)$/),
    ]);
    const first = await configured(yaml, ['--connection', 'there', 'scan', '--json'], { THERE_URL: other.url });
    expect(JSON.parse(first.stdout).totals.flows).toBe(2);
  });

  test('one that is not there', async () => {
    const { code, stderr } = await configured(yaml, ['scan', '--connection', 'nowhere']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('It has: here, there')]);
  });
});

test('FLOWMEND_READ_URL: the scan reads the replica, the diagnosis the primary', async () => {
  const replica = { FLOWMEND_READ_URL: other.url };
  const { stdout } = await configured('{}', ['scan', '--json'], replica);
  const { totals, database } = JSON.parse(stdout);
  expect([totals.flows, database]).toEqual([2, expect.stringMatching(/, the replica$/)]);
  expect(database).toContain(new URL(other.url).pathname.slice(1));
  expect((await configured('{}', ['diagnose', flowId], replica)).code).toBe(1);
});

test('a custom rule that fails in mid-scan: what was found so far, and what the server says of the row shown escaped', async () => {
  const large = await makeInstall('PostgreSQL', (variant) => [
    ...Array.from({ length: 600 }, () => flow(variant, { child: { flow_name: '7' } })),
    // The last one to be judged.
    flow(variant, { child: { id: 'ffffffff-ffff-4fff-bfff-ffffffffffff', flow_name: 'x\u001b[2J\u202e' } }),
  ]);
  const { code, stdout, stderr } = await configured(
    'customRules: [{id: mine, message: odd, severity: info, where: "records > 0 and flow_name::int > 3"}]',
    ['scan', '-n', '2'],
    { FLOWMEND_DATABASE_URL: large.url },
  );
  await large.close();
  expect(code).toBe(3);
  expect(stdout).toContain('the scan ended early');
  expect(stderr).toMatch(/^The custom rule mine could not be asked .*x\\u001b\[2J\\u202e.* is above\.\n$/);
});
