import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STUCK_FLOW_ID, stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { jsonSchemas } from '../../shared/report/machine/json.ts';
import { flow } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** Bad input gets one clear line, an exit code, no stack trace, and never a write. */
let install: Install;
let environment: Record<string, string>;

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => [stuckFlow(variant), flow(variant)]);
  environment = { FLOWMEND_DATABASE_URL: install.url, FLOWMEND_API_URL: await install.startApi() };
});
afterAll(() => install.close());

type Row = [name: string, args: string[], environment: () => Record<string, string>, code: number, says: string];

const withUrl = (change: (url: URL) => void) => {
  const url = new URL(install.url);
  change(url);
  return { FLOWMEND_DATABASE_URL: url.href };
};

test.each<Row>([
  ['malformed id', ['diagnose', 'not-an-id'], () => environment, 2, '"not-an-id" is not a flow id.'],
  ['hostile id', ['diagnose', "1e64' or 1=1 --"], () => environment, 2, 'is not a flow id.'],
  [
    'unknown id',
    ['diagnose', '00000000-0000-4000-8000-000000000000'],
    () => environment,
    2,
    'No discovery flow has the id',
  ],
  ['unknown receipt', ['undo', 'nothing', '--yes'], () => environment, 2, 'No receipt nothing is in the journal'],
  ['unknown command', ['mend-everything'], () => environment, 2, "error: unknown command 'mend-everything'"],
  ['--write to a command', ['scan', '--write'], () => environment, 2, "--write is for the dashboard, not for 'scan'"],
  ['missing argument', ['diagnose'], () => environment, 2, "error: missing required argument 'flow'"],
  ['no plan file', ['apply', 'no/such/plan.json'], () => environment, 2, 'no/such/plan.json cannot be read (ENOENT).'],
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
  ...['abc', '0', '99999'].map(
    (port): Row => [
      `port ${port} in the URL`,
      ['scan'],
      () => withUrl((url) => url.searchParams.set('port', port)),
      2,
      'The port in FLOWMEND_DATABASE_URL is not a number from 1 to 65535.',
    ],
  ),
  ...['abc', '99999'].map(
    (port): Row => [
      `PGPORT ${port}`,
      ['scan'],
      () => ({ PGHOST: '127.0.0.1', PGPORT: port }),
      2,
      'The port in PGPORT is not a number from 1 to 65535.',
    ],
  ),
  [
    'sslmode=require at a server without SSL',
    ['scan'],
    () => withUrl((url) => url.searchParams.set('sslmode', 'require')),
    3,
    'No connection to the database: The server does not support SSL connections.',
  ],
  [
    'a token with a line end',
    ['scan'],
    () => ({ ...environment, FLOWMEND_API_TOKEN: 'secret\n' }),
    2,
    'FLOWMEND_API_TOKEN holds a space, a line end',
  ],
  [
    'an API address with a query',
    ['scan'],
    () => ({ ...environment, FLOWMEND_API_URL: 'http://api.example.test/?key=secret' }),
    2,
    'FLOWMEND_API_URL is not a plain http or https address.',
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

describe('of several ids none is left out without a word', () => {
  const unknown = '00000000-0000-4000-8000-000000000000';
  test.each([['plan', '-o', 'plan.json'], ['plan', '--json'], ['preview'], ['apply', '--yes']])(
    '%s %s %s',
    async (...command) => {
      const folder = await mkdtemp(join(tmpdir(), 'flowmend-several-'));
      const before = await install.everyRow();
      const given = [STUCK_FLOW_ID, unknown];
      for (const ids of [given, given.toReversed()]) {
        const [name = '', ...options] = command;
        const { code, stdout, stderr } = await flowmend([name, ...ids, ...options], environment, folder);
        expect([code, stdout + stderr]).toEqual([
          2,
          expect.stringContaining(`No discovery flow has the id ${unknown}.`),
        ]);
      }
      expect([await readdir(folder), await install.everyRow()]).toEqual([[], before]);
      await rm(folder, { recursive: true });
    },
  );
});

test.each([
  ['postgres://me:hunter2@db/x'],
  ['diagnose', 'postgres://me:hunter2@db/x'],
  ['diagnose', 'postgres://me:hunter2@db/x', '--json'],
  ['apply', 'postgres://me:hunter2@db/x'],
  ['scan', '--connection', 'postgres://me:hunter2@db/x'],
  ['scan', '--kind', 'postgres://me:hunter2@db/x'],
  ['scan', '--tenant', 'postgres://me:hunter2@db/x'],
  ['scan', '--format', 'postgres://me:hunter2@db/x'],
  ['scan', '--postgres://me:hunter2@db/x'],
  ['plan', '--all', '--rule', 'postgres://me:hunter2@db/x'],
  ['plan', '--from', 'postgres://me:hunter2@db/x'],
])('%j: an address in the place of something else is told without its password', async (...args) => {
  const { code, stdout, stderr } = await flowmend(args, environment);
  expect([code, stdout + stderr]).toEqual([2, expect.not.stringContaining('hunter2')]);
});

test.each([
  ['apply', '--all', '--yes', '--stop-at', ''],
  ['apply', '--all', '--yes', '--stop-at', '1e1'],
  ['apply', '--all', '--yes', '--canary', '0x10'],
  ['scan', '-n', '0x10'],
  ['scan', '-n', '1e2'],
  ['scan', '-n', ''],
  ['journal', '-n', ' 5'],
  ['watch', STUCK_FLOW_ID, '-t', '0x1'],
  ['scan', '--connection', ''],
  ['scan', '--kind', ''],
])('%j: what is no decimal number, or no name, is never taken for one', async (...args) => {
  const before = await install.everyRow();
  const { code, stdout, stderr } = await flowmend(args, environment);
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/^flowmend: --[a-z-]+ takes /)]);
  expect(await install.everyRow()).toEqual(before);
});

test.each([
  ['status that no flow has', ['scan', '--status', 'runing'], '--status names "runing", which no flow has.'],
  ['one of several', ['scan', '--status', 'running,runing', '--stream'], '--status names "runing", which no flow has.'],
  ['no status', ['scan', '--status', ' , '], '--status names no status.'],
])('%s: the statuses are named', async (_, args, says) => {
  const { code, stdout, stderr } = await flowmend(args, environment);
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)]);
  expect(stderr).toContain('Statuses are initialized, active, running,');
});

test('a status that only rows have is one', async () => {
  const odd = await makeInstall('PostgreSQL', (variant) => [flow(variant, { child: { status: 'napping' } })]);
  const { code, stdout } = await flowmend(['scan', '--status', 'napping'], { FLOWMEND_DATABASE_URL: odd.url });
  expect([code, stdout]).toEqual([1, expect.stringContaining('napping')]);
  await odd.close();
});

test.each([
  [['scan', '--stream', '--all'], '--stream prints the flows with findings; it takes no --all.'],
  [['scan', '--stream', '-n', '2'], '--stream has no limit; --limit goes with --after, for pages.'],
  [['scan', '--json', '-f', 'sarif'], '--json prints JSON; it takes no --format sarif.'],
  [['locate', '1e640262', '--rows', '2'], '--rows bounds what is read inside JSON; it goes with --inside-json.'],
])('%j: an option that would change nothing is no argument', async (args, says) => {
  const { code, stdout, stderr } = await flowmend(args, environment);
  expect(code).toBe(2);
  expect(stdout + stderr).toContain(says);
});

test('what a misspelt option may have meant stands on its line', async () => {
  const { stderr } = await flowmend(['scan', '--formt', 'json'], environment);
  expect(stderr).toContain("error: unknown option '--formt' (Did you mean --format?)\n");
});

test.each([[['scna']], [['scan', '--nonsense']], [['diagnose']]])(
  '%j: is told where the arguments are',
  async (args) => {
    expect((await flowmend(args, environment)).stderr).toContain('\n  See `flowmend --help`.\n');
  },
);

test.each(['yesterday', '5', '', '2026-02-31', '2026-02-31T10:00Z', '2026-01-31T10:00+25:00x', '31.01.2026'])(
  'scan --since %j is no time',
  async (typed) => {
    const { code, stdout, stderr } = await flowmend(['scan', '--since', typed], environment);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(`--since takes a time like`)]);
  },
);

test('scan --since reads a time without a zone as UTC, as the timeline shows it', async () => {
  const changedSince = async (since: string) => {
    const east = { ...environment, TZ: 'Pacific/Kiritimati' };
    const { stdout } = await flowmend(['scan', '--json', '--since', since], east);
    return jsonSchemas.scan.parse(JSON.parse(stdout)).totals.flows;
  };
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  expect(await changedSince(inAnHour.slice(0, 16).replace('T', ' '))).toBe(0);
  expect(await changedSince('2020-01-31')).toBe(2);
});

test.each(['sarif', 'markdown', 'text'])('scan --stream as %s', async (format) => {
  const { code, stderr } = await flowmend(['scan', '--stream', '-f', format], environment);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`it takes no --format ${format}`)]);
});

test.each([
  [['diagnose', '--json']],
  [['scan', '--nonsense', '--json']],
  [['scan', '--nonsense', '-f', 'json']],
  [['mend-everything', '--json']],
])('%j: what is wrong with the arguments is a document too', async (args) => {
  const { code, stdout, stderr } = await flowmend(args, environment);
  expect([code, stderr]).toEqual([2, '']);
  expect(jsonSchemas.failure.parse(JSON.parse(stdout)).error).toMatchObject({
    code: 'usage',
    message: expect.not.stringContaining('error'),
  });
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
  for (const prefix of ['a', 'abcd']) {
    const { code, stderr } = await flowmend(['diagnose', prefix], { FLOWMEND_DATABASE_URL: two.url });
    expect([code, ids.every((id) => stderr.includes(id))]).toEqual([2, true]);
  }
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
  await spoilt.query(
    'alter table migration.crewai_flow_state_extensions drop column flow_status; alter table migration.data_imports drop column id cascade',
  );
  const all = await flowmend(['scan'], { FLOWMEND_DATABASE_URL: spoilt.url });
  for (const says of [
    'migration.discovery_flows has no columns status, current_phase.',
    'migration.crewai_flow_state_extensions has no column flow_status.',
    'migration.data_imports has no column id.',
  ]) {
    expect(all.stderr).toContain(says);
  }
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
