import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STUCK_FLOW_ID, stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { Diagnosis } from '../../shared/diagnose/diagnosis.ts';
import { jsonSchemas } from '../../shared/report/json.ts';
import { flow } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** A port of this machine on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

let install: Install;
let environment: Record<string, string>;
let folder: string;
let healthy = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-test-'));
  install = await makeInstall('PostgreSQL', (variant) => {
    const well = flow(variant);
    healthy = well.flowId;
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

  test('diagnose by a prefix', async () => {
    const { code, stdout } = await flowmend(['diagnose', '1E64'], environment);
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
    const away = { ...environment, FLOWMEND_API_URL: `http://127.0.0.1:${await closedPort()}` };
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

describe('bad input: one clear line, an exit code, no stack trace, no write', () => {
  const withUrl = (change: (url: URL) => void) => {
    const url = new URL(install.url);
    change(url);
    return { FLOWMEND_DATABASE_URL: url.href };
  };

  test.each<[name: string, args: string[], environment: () => Record<string, string>, code: number, says: string]>([
    ['malformed id', ['diagnose', 'not-an-id'], () => environment, 2, '"not-an-id" is not a flow id.'],
    ['hostile id', ['diagnose', "1e64' or 1=1 --"], () => environment, 2, 'is not a flow id.'],
    ['too short a prefix', ['diagnose', '1e6'], () => environment, 2, '"1e6" is not a flow id.'],
    [
      'unknown id',
      ['diagnose', '00000000-0000-4000-8000-000000000000'],
      () => environment,
      2,
      'No discovery flow has the id',
    ],
    ['unknown receipt', ['undo', 'nothing', '--yes'], () => environment, 2, 'No receipt nothing is in the journal'],
    ['unknown command', ['mend-everything'], () => environment, 2, 'error: '],
    ['missing argument', ['diagnose'], () => environment, 2, "error: missing required argument 'flow'"],
    [
      'no plan file',
      ['apply', 'no/such/plan.json'],
      () => environment,
      2,
      'no/such/plan.json cannot be read (ENOENT).',
    ],
    ['limit that is no number', ['scan', '-n', 'many'], () => environment, 2, '--limit takes a whole number'],
    ['no database configured', ['scan'], () => ({}), 2, 'No database is configured.'],
    [
      'a URL that is none',
      ['scan'],
      () => ({ DATABASE_URL: 'secret-no-url' }),
      2,
      'DATABASE_URL is not a PostgreSQL connection URL.',
    ],
    [
      'wrong password',
      ['scan'],
      () =>
        withUrl((url) => {
          url.password = 'wrong';
        }),
      3,
      'The database refused this user and password.',
    ],
    [
      'no such database',
      ['scan'],
      () =>
        withUrl((url) => {
          url.pathname = '/nowhere';
        }),
      3,
      'database "nowhere" does not exist.',
    ],
    [
      'nothing listens',
      ['scan'],
      () =>
        withUrl((url) => {
          url.port = '1';
        }),
      3,
      'No connection to the database: nothing listens there.',
    ],
    [
      'no flow tables',
      ['scan'],
      () =>
        withUrl((url) => {
          url.pathname = '/postgres';
        }),
      3,
      'No table discovery_flows is in this database',
    ],
    ['no terminal', [], () => environment, 2, 'The dashboard needs a terminal.'],
  ])('%s', async (_name, args, variables, expected, says) => {
    const before = await install.everyRow();
    const { code, stdout, stderr } = await flowmend(args, variables());
    expect(stderr).toContain(says);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).not.toMatch(/\n\s+at |\.ts:\d|node:/);
    expect(stderr).not.toMatch(/secret|%20more/);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    expect(await install.everyRow()).toEqual(before);
  });

  test('with --json the failure is a document', async () => {
    const { code, stdout, stderr } = await flowmend(['diagnose', 'zzz', '--json'], environment);
    expect([code, stderr]).toEqual([2, '']);
    expect(jsonSchemas.failure.parse(JSON.parse(stdout)).error.code).toBe('malformed-id');
  });

  test('an ambiguous prefix names the flows it could mean', async () => {
    const ids = ['abcd0000-0000-4000-8000-000000000001', 'abcd0000-0000-4000-8000-000000000002'];
    const two = await makeInstall('PostgreSQL', (variant) =>
      ids.map((id) =>
        flow(variant, {
          child: { flow_id: id, master_flow_id: id },
          master: { flow_id: id },
          import: { master_flow_id: null },
        }),
      ),
    );
    const { code, stderr } = await flowmend(['diagnose', 'abcd'], { FLOWMEND_DATABASE_URL: two.url });
    expect([code, ids.every((id) => stderr.includes(id))]).toEqual([2, true]);
    await two.close();
  });

  test('a missing column and a missing table are named', async () => {
    const spoilt = await makeInstall('PostgreSQL', () => []);
    await spoilt.query('alter table migration.discovery_flows drop column current_phase, drop column status');
    const column = await flowmend(['scan'], { FLOWMEND_DATABASE_URL: spoilt.url });
    expect([column.code, column.stderr]).toEqual([
      3,
      expect.stringContaining('migration.discovery_flows has no columns status, current_phase.'),
    ]);
    await spoilt.query('drop table migration.data_imports cascade');
    const table = await flowmend(['scan'], { FLOWMEND_DATABASE_URL: spoilt.url });
    expect(table.code).toBe(3);
    await spoilt.close();
  });

  test('a role without rights: 3, and what it may not read', async () => {
    await install.query(
      `create role nobody_${process.pid} login password 'x'; grant usage on schema migration to nobody_${process.pid}`,
    );
    const { code, stderr } = await flowmend(
      ['scan'],
      withUrl((url) => {
        url.username = `nobody_${process.pid}`;
        url.password = 'x';
      }),
    );
    expect(code).toBe(3);
    expect(stderr).toContain('may not read migration.discovery_flows');
    await install.query(`revoke usage on schema migration from nobody_${process.pid}; drop role nobody_${process.pid}`);
  });

  test('JSON of the wrong shape: a finding in one line, never written', async () => {
    const rows: string[] = [];
    const spoilt = await makeInstall('PostgreSQL', (variant) => {
      const one = flow(variant, { child: { field_mappings: 'a string' }, master: { flow_persistence_data: [1] } });
      rows.push(one.flowId);
      return [one];
    });
    const before = await spoilt.everyRow();
    const { code, stdout } = await flowmend(['diagnose', rows[0] ?? ''], { FLOWMEND_DATABASE_URL: spoilt.url });
    expect([code, stdout]).toEqual([1, expect.stringContaining('field mappings are not an object (child: string)')]);
    expect((await flowmend(['apply', rows[0] ?? '', '--yes'], { FLOWMEND_DATABASE_URL: spoilt.url })).code).toBe(5);
    expect(await spoilt.everyRow()).toEqual(before);
    await spoilt.close();
  });

  test('escape sequences and direction marks in a row reach the terminal escaped', async () => {
    const hostile = await makeInstall('PostgreSQL', (variant) => [
      flow(variant, {
        child: { flow_name: 'x\u001b[2Jy\u202ez', current_phase: 'a\u001b]0;t\u0007', progress_percentage: 1 },
      }),
    ]);
    const database = { FLOWMEND_DATABASE_URL: hostile.url };
    const all = await flowmend(['scan', '--all'], database);
    const json = await flowmend(['scan', '--all', '--json'], database);
    const others = ['markdown', 'sarif'].map((format) => flowmend(['scan', '--all', '--format', format], database));
    const texts = [all.stdout, json.stdout, ...(await Promise.all(others)).map(({ stdout }) => stdout)];
    for (const text of texts) expect(text).not.toMatch(/[\u001b\u0007\u202e]/);
    expect(all.stdout).toContain('a\\u001b]0;t\\u0007');
    await hostile.close();
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
