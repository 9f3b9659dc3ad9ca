import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STUCK_FLOW_ID, stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { Diagnosis } from '../../shared/diagnosis/diagnosis.ts';
import { jsonSchemas } from '../../shared/report/machine/json.ts';
import { flow } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { freePort } from '../support/free-port.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
let environment: Record<string, string>;
let folder: string;
let healthy = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-test-'));
  install = await makeInstall('PostgreSQL', (variant) => {
    // One digit is enough to tell the two apart.
    healthy = 'aaaaaaaa-0000-4000-8000-000000000001';
    const well = flow(variant, {
      child: { flow_id: healthy, master_flow_id: healthy },
      master: { flow_id: healthy },
    });
    return [stuckFlow(variant), well];
  });
  environment = { FLOWMEND_DATABASE_URL: install.url, FLOWMEND_API_URL: await install.startApi() };
});
afterAll(async () => {
  await install.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the stuck flow, as a script would do it', () => {
  let receipt = '';

  test('scan: 1, with the flow and no healthy one', async () => {
    const { code, stdout, stderr } = await flowmend(['scan'], environment);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toContain(STUCK_FLOW_ID);
    expect(stdout).not.toContain(healthy);
    expect(stdout).not.toContain('\u001b');
  });

  test('scan --json --all: the documented document', async () => {
    const { code, stdout } = await flowmend(['scan', '--json', '--all'], environment);
    const scan = jsonSchemas.scan.parse(JSON.parse(stdout));
    expect([code, scan.totals.flows, scan.flows.length]).toEqual([1, 2, 2]);
  });

  test('diagnose: 1 for the stuck flow, 0 for a healthy one', async () => {
    const stuck = await flowmend(['diagnose', STUCK_FLOW_ID, '--json'], environment);
    expect([stuck.code, Diagnosis.parse(JSON.parse(stuck.stdout)).verdict]).toEqual([1, 'stuck']);
    const well = await flowmend(['diagnose', healthy], environment);
    expect([well.code, well.stderr]).toEqual([0, '']);
    expect(well.stdout).toContain('HEALTHY');
  });

  test.each(['scan', 'diagnose'])('%s as Markdown and as SARIF', async (command) => {
    const args = command === 'scan' ? ['scan'] : ['diagnose', '1e64'];
    const markdown = await flowmend([...args, '--format', 'markdown'], environment);
    expect([markdown.code, markdown.stdout]).toEqual([1, expect.stringMatching(/^# .*\n\n[\s\S]*\n\|---\|/)]);
    expect(markdown.stdout).toContain('child status is running but should be waiting\\_for\\_approval');
    const { code, stdout } = await flowmend([...args, '-f', 'sarif'], environment);
    const { version, runs } = JSON.parse(stdout);
    expect([code, version, runs[0].results.length]).toEqual([1, '2.1.0', 6]);
    expect(runs[0].results[0]).toMatchObject({ ruleId: 'child-status-should-wait', level: 'error' });
    expect(runs[0].tool.driver.rules[runs[0].results[0].ruleIndex].id).toBe('child-status-should-wait');
    const json = await flowmend([...args, '--format', 'json'], environment);
    expect([json.code, JSON.parse(json.stdout).schemaVersion]).toEqual([1, 1]);
    expect((await flowmend([...args, '--format', 'xml'], environment)).code).toBe(2);
  });

  test.each<[args: string[], told: RegExp]>([
    [['diagnose', STUCK_FLOW_ID, 'aaaaaaaa'], /too many arguments/],
    [['scan', 'foo'], /too many arguments/],
    [['scan', '--tenant', '0a8b7c6d-1111-4222-8333-944445555666'], /of which no discovery flow is seen here/],
  ])('%j is refused: what was not looked at is not well', async (args, told) => {
    const { code, stdout, stderr } = await flowmend(args, environment);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(told)]);
  });

  test.each(['1E64', '1e6', '1'])('diagnose by the prefix %s', async (prefix) => {
    const { code, stdout } = await flowmend(['diagnose', prefix], environment);
    expect(code).toBe(1);
    expect(stdout).toContain('STUCK: waits for an approval nobody was shown');
  });

  test('plan -o, edited by hand: refused, nothing written', async () => {
    const path = join(folder, 'edited.json');
    expect((await flowmend(['plan', '1e64', '-o', path], environment)).code).toBe(1);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"waiting_for_approval"', '"completed"'));
    const before = await install.everyRow();
    const { code, stderr } = await flowmend(['apply', path, '--yes'], environment);
    expect([code, await install.everyRow()]).toEqual([5, before]);
    expect(stderr).toContain('was changed after it was written');
  });

  test('plan -o onto a file that exists: not overwritten', async () => {
    const path = join(folder, 'precious');
    await writeFile(path, 'precious');
    expect((await flowmend(['plan', '1e64', '-o', path], environment)).code).toBe(2);
    expect(await readFile(path, 'utf8')).toBe('precious');
  });

  test.each([
    ['truncated', (text: string) => text.slice(0, 500), /is not JSON/],
    ['of another shape', () => '{"schemaVersion": 1}', /is not a plan: kind/],
    ['empty', () => '', /is not JSON/],
  ])('a plan file that is %s: 2, nothing written', async (_, spoil, message) => {
    const path = join(folder, `spoilt-${Math.random()}.json`);
    const { stdout } = await flowmend(['plan', '1e64', '--json'], environment);
    await writeFile(path, spoil(stdout));
    const before = await install.everyRow();
    const { code, stderr } = await flowmend(['apply', path, '--yes'], environment);
    expect([code, await install.everyRow()]).toEqual([2, before]);
    expect(stderr).toMatch(message);
  });

  test('preview: rolled back', async () => {
    const before = await install.everyRow();
    const { code, stdout } = await flowmend(['preview', '1e64'], environment);
    expect([code, await install.everyRow()]).toEqual([1, before]);
    expect(stdout).toMatch(/- status +running\n +\+ status +waiting_for_approval/);
  });

  test('preview of a flow that is well: nothing to write, 0', async () => {
    const { code, stdout, stderr } = await flowmend(['preview', healthy], environment);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Nothing to write.');
  });

  test('apply without a terminal and without --yes: 2, nothing written', async () => {
    const before = await install.everyRow();
    const { code, stderr } = await flowmend(['apply', '1e64'], environment);
    expect([code, await install.everyRow()]).toEqual([2, before]);
    expect(stderr).toContain('Add --yes');
  });

  test('apply a saved plan, twice: one receipt', async () => {
    const path = join(folder, 'plan.json');
    await flowmend(['plan', '1e64', '-o', path], environment);
    const first = await flowmend(['apply', path, '--yes', '--json', '--reason', 'INC-1'], environment);
    const second = await flowmend(['apply', path, '--yes', '--json'], environment);
    const outcomes = [first, second].map(({ stdout }) => jsonSchemas.apply.parse(JSON.parse(stdout)).outcome);
    expect([first.code, second.code, ...outcomes.map((outcome) => outcome.kind)]).toEqual([
      0,
      0,
      'applied',
      'already applied',
    ]);
    expect(outcomes[0]).toMatchObject({ receipt: { reason: 'INC-1' } });
    const ids = outcomes.map((outcome) => ('receipt' in outcome ? outcome.receipt.id : ''));
    expect(ids[0]).toBe(ids[1]);
    receipt = ids[0] ?? '';
  });

  test('a plan made before the repair is stale: 4', async () => {
    const path = join(folder, 'stale.json');
    expect((await flowmend(['undo', receipt, '--yes'], environment)).code).toBe(0);
    await flowmend(['plan', '1e64', '-o', path], environment);
    await install.query(`update migration.discovery_flows set progress_percentage = 5 where flow_id = $1`, [
      STUCK_FLOW_ID,
    ]);
    const before = await install.everyRow();
    const { code, stdout } = await flowmend(['apply', path, '--yes'], environment);
    expect([code, await install.everyRow()]).toEqual([4, before]);
    expect(stdout).toContain('discovery_flows.progress_percentage planned from 0, now 5');
  });

  test('resume before the repair: 6, and it says to repair first', async () => {
    const { code, stdout } = await flowmend(['resume', '1e64', '--yes'], environment);
    expect(code).toBe(6);
    expect(stdout).toContain('Repair it first');
  });

  test('watch: 6 while it does not move', async () => {
    const { code, stdout } = await flowmend(['watch', '1e64', '--timeout', '1'], environment);
    expect(code).toBe(6);
    expect(stdout).toContain('it did not move within 1 s');
  });

  test('apply by id: 0; a resume that cannot reach the platform: 6', async () => {
    expect((await flowmend(['apply', '1e64', '--yes'], environment)).code).toBe(0);
    const before = await install.everyRow();
    const away = { ...environment, FLOWMEND_API_URL: `http://127.0.0.1:${await freePort()}` };
    const { code, stderr } = await flowmend(['resume', '1e64', '--yes'], away);
    expect([code, stderr]).toEqual([6, expect.stringContaining('cannot be reached (ECONNREFUSED)')]);
    const unset = await flowmend(['resume', '1e64', '--yes'], { FLOWMEND_DATABASE_URL: install.url });
    expect([unset.code, unset.stderr]).toEqual([2, expect.stringContaining('No API of the platform is configured.')]);
    expect(await install.everyRow()).toEqual(before);
  });

  test('resume, and it moved: 0, one document', async () => {
    const { code, stdout } = await flowmend(['resume', '1e64', '--yes', '--json'], environment);
    const { moved, last } = jsonSchemas.resume.parse(JSON.parse(stdout));
    expect([code, moved, last?.phase]).toEqual([0, true, 'data_cleansing']);
  });

  test('watch --json: a document a line', async () => {
    const { code, stdout } = await flowmend(['watch', '1e64', '--timeout', '1', '--json'], environment);
    const [line, ...more] = stdout.trim().split('\n');
    expect([code, more, jsonSchemas.watch.parse(JSON.parse(line ?? '')).sighting.moved]).toEqual([6, [], false]);
  });

  test('the PG* variables reach the database too', async () => {
    const { hostname, port, username, password, pathname } = new URL(install.url);
    const variables = {
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: username,
      PGPASSWORD: decodeURIComponent(password),
      PGDATABASE: pathname.slice(1),
    };
    expect((await flowmend(['diagnose', healthy], variables)).code).toBe(0);
  });

  test('then it is healthy: diagnose and apply end with 0', async () => {
    expect((await flowmend(['diagnose', '1e64'], environment)).code).toBe(0);
    const { code, stdout } = await flowmend(['apply', '1e64', '--yes'], environment);
    expect([code, stdout]).toEqual([0, 'Nothing to mend.\n']);
  });
});

test('demo without a terminal: the stuck flow as text, then it ends', async () => {
  const { code, stdout, stderr } = await flowmend(['demo']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`Flow ${STUCK_FLOW_ID}`);
  expect(stdout).toContain('Repair plan for');
  expect(stdout).not.toContain('\u001b');
});

test('--help documents every exit code', async () => {
  const { code, stdout } = await flowmend(['--help']);
  expect(code).toBe(0);
  for (const word of ['healthy', 'findings', 'usage', 'could not check', 'stale', 'refused', 'not resumed']) {
    expect(stdout).toContain(word);
  }
});
