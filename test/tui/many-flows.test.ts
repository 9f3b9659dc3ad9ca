import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { jsonSchemas } from '../../shared/report/machine/json.ts';
import { but, flow, WAITING } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { KEYS, openTerminal, type Terminal } from '../support/terminal.ts';

const FLOWS = 12;

let install: Install;
let folder: string;
let ids: string[];
let environment: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-many-'));
  install = await makeInstall('PostgreSQL', (variant) => {
    const broken = Array.from({ length: FLOWS }, () =>
      flow(variant, but(WAITING, { child: { status: 'running', progress_percentage: 0 } })),
    );
    ids = broken.map((one) => one.flowId);
    return [...broken, flow(variant)];
  });
  environment = { FLOWMEND_DATABASE_URL: install.url };
});
afterEach(async () => {
  await install.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => flowmend(args, environment);
const path = (name: string) => join(folder, name);
const mended = async () =>
  (
    await install.query(
      `select count(*)::int from migration.discovery_flows where status = 'waiting_for_approval' and progress_percentage > 0`,
    )
  )[0]?.count;

test('a plan of many flows names its filter, the count and the ids; applied as a file, in batches', async () => {
  const planned = await run(
    'plan',
    '--all',
    '--rule',
    'child-status-should-wait',
    '--batch',
    '5',
    '-o',
    path('p.json'),
  );
  expect(planned.stdout).toContain('12 flows');
  expect(planned.stdout).toContain('all flows with child-status-should-wait: 12 of 12 found');
  expect(planned.stdout).toContain('× child-status-should-wait mended');
  expect(planned.stdout).toContain('… and 2 more flows in the plan');
  expect(planned.code).toBe(1);
  const saved = JSON.parse(await readFile(path('p.json'), 'utf8'));
  expect(saved.flows.toSorted()).toEqual([...ids].sort());
  const tried = await run('preview', path('p.json'), '--json');
  expect(JSON.parse(tried.stdout).run).toEqual({ total: FLOWS, ran: FLOWS, failed: [] });
  expect(await mended()).toBe(0);
  const applied = await run('apply', path('p.json'), '--yes', '--json');
  expect(JSON.parse(applied.stdout).outcome).toMatchObject({ kind: 'done', applied: FLOWS, failed: [], left: 0 });
  expect(JSON.parse(applied.stdout).outcome.receipts).toHaveLength(3);
  expect(applied.code).toBe(0);
  expect((await run('apply', path('p.json'), '--yes')).stdout).toContain('12 were so by an earlier run of this plan');
});

test('a preview of many shows the rows of the first flows, in every format, and says what it does not show', async () => {
  await run('plan', '--all', '--rule', 'progress-out-of-step', '--batch', '5', '-o', path('p.json'));
  const { flows } = JSON.parse(await readFile(path('p.json'), 'utf8'));
  await install.query('update migration.discovery_flows set progress_percentage = 1 where flow_id = $1', [flows[0]]);
  const before = await install.everyRow();
  const shown = async (...args: string[]) => (await run('preview', path('p.json'), ...args)).stdout;
  const text = await shown('--rows', '7');
  expect(text.match(/^flow [0-9a-f-]{36}$/gm)).toEqual(flows.slice(1, 8).map((id: string) => `flow ${id}`));
  expect(text.match(/^ {2}\+ progress_percentage +16\.7$/gm)).toHaveLength(7);
  expect(text).toContain(`✖ ${flows[0]} stale`);
  expect(text).toContain('and the rows of 4 more flows');
  const diff = await shown('--format', 'diff');
  expect(diff.match(/^\+progress_percentage = 16\.7$/gm)).toHaveLength(11);
  expect(diff).toContain(`#   ✖ ${flows[0]} stale`);
  const markdown = await shown('--format', 'markdown');
  expect(markdown.match(/\| progress\\_percentage \| 0 \| 16\.7 \|$/gm)).toHaveLength(11);
  expect(markdown).toContain(`| ${flows[0]} | stale |`);
  const { run: ran, rows } = jsonSchemas.previewMany.parse(JSON.parse(await shown('--json')));
  expect([ran.ran, rows.flows, new Set(rows.changes.map((one) => one.flowId)).size]).toEqual([11, 11, 11]);
  expect(await install.everyRow()).toEqual(before);
});

test('what failed is listed in a file that feeds the next plan', async () => {
  await run('plan', '--all', '-o', path('p.json'));
  await install.query(`update migration.discovery_flows set status = 'processing' where flow_id = $1`, [ids[0]]);
  const first = await run('apply', path('p.json'), '--yes');
  expect(first.stdout).toContain(`✖ ${ids[0]} stale: discovery_flows.status changed`);
  expect(first.code).toBe(7);
  expect(await mended()).toBe(FLOWS - 1);
  expect(JSON.parse(await readFile(path('p.failed.json'), 'utf8')).flows).toEqual([ids[0]]);
  const second = await run('apply', '--from', path('p.failed.json'), '--yes');
  expect(second.stdout).toContain('1 of 1 flows mended and verified');
  expect(second.code).toBe(0);
  expect(await mended()).toBe(FLOWS);
});

test('a second run means no more than the first: the rules that were given stand in the plan and in the list', async () => {
  const rule = 'progress-out-of-step';
  const mends = async (from: string) => {
    const { stdout } = await run('plan', '--from', from, '--json');
    const { mends: all, chosenBy } = JSON.parse(stdout);
    return [[...new Set(all.map((one: { rule: string }) => one.rule))], chosenBy];
  };
  await run('plan', '--all', '--rule', rule, '--limit', '4', '-o', path('p.json'));
  const { flows } = JSON.parse(await readFile(path('p.json'), 'utf8'));
  expect(await mends(path('p.json'))).toEqual([[rule], `the flows that p.json lists, only what is found by ${rule}`]);
  await install.query('update migration.discovery_flows set progress_percentage = 1 where flow_id = $1', [flows[0]]);
  expect((await run('apply', path('p.json'), '--yes', '--stop-at', '100')).code).toBe(7);
  expect(await mends(path('p.failed.json'))).toEqual([
    [rule],
    `the flows that p.failed.json lists, only what is found by ${rule}`,
  ]);
  // Another rule, where one is named.
  const { stdout } = await run('plan', '--from', path('p.json'), '--rule', 'child-status-should-wait', '--json');
  expect(new Set(JSON.parse(stdout).mends.map((one: { rule: string }) => one.rule))).toEqual(
    new Set(['child-status-should-wait']),
  );
});

test('several ids are one plan; --all with an id, a broken list and bad numbers are usage', async () => {
  const two = await run('apply', ids[0] ?? '', ids[1] ?? '', '--yes');
  expect(two.stdout).toContain('2 of 2 flows mended and verified');
  expect(await mended()).toBe(2);
  await writeFile(path('list.json'), '{"flows": ["x"]}');
  const bad = [
    ['plan', '--all', ids[0] ?? ''],
    ['plan', '--from', path('list.json')],
    ['plan'],
    ['apply', '--all', '--canary', '0', '--yes'],
    ['apply', '--all', '--stop-at', '200', '--yes'],
    ['plan', '--all', '--tenant', 'x'],
  ];
  for (const args of bad) expect([args, (await run(...args)).code]).toEqual([args, 2]);
  expect(await mended()).toBe(2);
});

/** The connection that writes this flow is ended by the server. */
const deadly = (flowId: string) =>
  install.query(`
    create function migration.deadly() returns trigger language plpgsql as
      $$ begin if new.flow_id = '${flowId}' then perform pg_terminate_backend(pg_backend_pid()); end if; return new; end $$;
    create trigger deadly before update on migration.discovery_flows
      for each row execute function migration.deadly()`);

test('a connection lost in the middle: what was written, the receipts and what failed are told, then the reason', async () => {
  await run('plan', '--all', '--batch', '2', '-o', path('p.json'));
  const { flows } = JSON.parse(await readFile(path('p.json'), 'utf8'));
  await install.query(`update migration.discovery_flows set status = 'paused' where flow_id = $1`, [flows[0]]);
  await deadly(flows[6]);
  const { code, stdout, stderr } = await run('apply', path('p.json'), '--yes', '--rate', '100', '--stop-at', '100');
  expect(stdout).toContain('broke off: 5 of 12 flows mended and verified');
  expect(stdout).toContain(`✖ ${flows[0]} stale`);
  expect(stdout).toContain('6 not tried, or not known: the same plan applied again finds out');
  expect(stdout).toMatch(
    /Run ([0-9a-f]{8})\. To take all of it back, as far as that works: flowmend undo \1\n3 receipts, one a batch/,
  );
  expect(stderr).toContain('✖ No connection to the database');
  expect(code).toBe(7);
  expect(JSON.parse(await readFile(path('p.failed.json'), 'utf8')).flows).toEqual([flows[0]]);
  const again = await run('apply', path('p.json'), '--yes', '--json', '--rate', '100');
  const { outcome } = JSON.parse(again.stdout);
  expect([again.code, outcome.kind, outcome.applied, outcome.failure.code]).toEqual([3, 'broken', 0, 'no-connection']);
  await install.query('drop trigger deadly on migration.discovery_flows');
  const rest = await run('apply', path('p.json'), '--yes', '--json', '--stop-at', '100');
  expect(JSON.parse(rest.stdout).outcome).toMatchObject({
    applied: 6,
    before: 5,
    left: 0,
    failed: [{ flowId: flows[0] }],
  });
});

test('what narrows --all is refused elsewhere: nobody may believe that fewer flows are meant', async () => {
  await run('plan', '--all', '-o', path('p.json'));
  const [id = '', other = ''] = ids;
  const narrowed = [
    [path('p.json'), '--limit', '3'],
    [path('p.json'), '--tenant', id],
    [path('p.json'), '--status', 'running'],
    [path('p.json'), '--all'],
    [path('p.json'), '--rule', 'progress-out-of-step'],
    ['--from', path('p.json'), '--limit', '3'],
    ['--from', path('p.json'), '--tenant', id],
    ['--from', path('p.json'), '--all'],
    ['--from', path('p.json'), id],
    [id, other, '--tenant', id],
    [id, '--status', 'paused'],
  ];
  for (const args of narrowed) {
    const { code, stderr } = await run('apply', ...args, '--yes');
    expect([args, code, stderr]).toEqual([
      args,
      2,
      expect.stringMatching(/saved plan is taken|cannot go with|takes no flow/),
    ]);
  }
  expect((await run('plan', path('p.json'), '-o', path('q.json'))).code).toBe(2);
  expect(await mended()).toBe(0);
});

test('nothing to mend: said, and exit code 0', async () => {
  const none = await run('apply', '--all', '--rule', 'mappings-one-sided', '--yes');
  expect([none.code, none.stdout.trim()]).toEqual([0, 'Nothing to mend.']);
});

test.each(['plan', 'preview', 'apply'])('%s of no flow is an answer to a program too', async (command) => {
  const { code, stdout } = await run(command, '--all', '--rule', 'mappings-one-sided', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: { kind: 'nothing to mend', leftOut: [] } });
});

test('a status that no flow has is a typing error, not a fleet without work', async () => {
  const { code, stderr } = await run('plan', '--all', '--status', 'runing');
  expect([code, stderr]).toEqual([2, expect.stringContaining('"runing", which no flow has')]);
});

test('what undo cannot bring back is said before a person agrees, and nothing is promised that was not tried', async () => {
  await install.query(`
    create function migration.touch() returns trigger language plpgsql as
      $$ begin new.updated_at := clock_timestamp(); return new; end $$;
    create trigger touch before update on migration.discovery_flows for each row execute function migration.touch()`);
  const left = 'undo will restore all but discovery_flows.updated_at, which a trigger sets on every write';
  const terminal = openTerminal(['apply', '--all', '--limit', '2'], { environment, columns: 120 });
  try {
    await terminal.until((screen) => screen.includes(left) && screen.includes('Write this to'));
    terminal.press('n', KEYS.enter);
    expect(await terminal.exited).toBe(5);
  } finally {
    terminal.close();
  }
  const one = await run('apply', '--all', '--limit', '3', '--yes');
  expect(one.stdout).toContain(left);
  expect(one.stdout).toContain('To take all of it back, as far as that works: flowmend undo');
  await install.query('drop trigger touch on migration.discovery_flows');
  const whole = await run('apply', '--all', '--limit', '3', '--yes');
  expect(whole.stdout).toContain('To take all of it back: flowmend undo');
  // Only the last of several batches was tried.
  const several = await run('apply', '--all', '--limit', '4', '--batch', '2', '--yes');
  expect(several.stdout).toContain('To take all of it back, as far as that works: flowmend undo');
});

const FIRST_TWO = '2 mended and verified, 0 failed. g goes on with the other 10, Enter alone ends it:';

/** Up to the question after the first two. */
async function atTheQuestion(): Promise<Terminal> {
  const terminal = openTerminal(['apply', '--all', '--canary', '2'], { environment, columns: 100 });
  await terminal.until('Write this to');
  terminal.press('y', KEYS.enter);
  await terminal.until(FIRST_TWO);
  return terminal;
}

/** Ends there, with what was written until then: the first two, and the run's name. */
async function endsWithTheFirstTwo(terminal: Terminal): Promise<void> {
  expect(await terminal.exited).toBe(7);
  expect(terminal.screen()).toContain('ended between two batches, as asked: 2 of 12 flows mended and verified');
  expect(terminal.screen()).toContain('10 not tried');
  expect(terminal.screen()).toMatch(/Run [0-9a-f]{8}\. To take all of it back/);
  expect(await mended()).toBe(2);
  expect(await install.query('select cardinality(flows) as flows from flowmend.journal')).toEqual([{ flows: 2 }]);
}

test.each([
  ['Enter alone', KEYS.enter],
  ['the y that agreed to the plan', `y${KEYS.enter}`],
  ['a word that begins with it', `gone${KEYS.enter}`],
  ['Ctrl-C', KEYS.ctrlC],
  ['Ctrl-D', '\u0004'],
])('after the first flows %s ends the run, with what was written', async (_, typed) => {
  const terminal = await atTheQuestion();
  try {
    terminal.press(typed);
    await endsWithTheFirstTwo(terminal);
  } finally {
    terminal.close();
  }
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s at the question after the first flows ends the run, with what was written',
  async (signal) => {
    const terminal = await atTheQuestion();
    try {
      terminal.kill(signal);
      await endsWithTheFirstTwo(terminal);
    } finally {
      terminal.close();
    }
  },
);

/** Each flow takes its time now; resolves as soon as the server works on one. */
async function slowedDown(): Promise<() => Promise<void>> {
  await install.query(`
    create function migration.slow() returns trigger language plpgsql as
      $$ begin perform pg_sleep(0.5); return new; end $$;
    create trigger slow before update on migration.discovery_flows for each row execute function migration.slow();`);
  return () =>
    expect
      .poll(
        () =>
          install.query(`select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`),
        { timeout: 30_000 },
      )
      .not.toEqual([]);
}

/** Longer than an answer takes to have an effect. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 1_500));

test('what was typed before the question after the first flows was shown does not answer it', async () => {
  const terminal = openTerminal(['apply', '--all', '--canary', '2'], { environment, columns: 100 });
  try {
    await terminal.until('Write this to');
    const working = await slowedDown();
    terminal.press('y', KEYS.enter);
    await working();
    terminal.press(`g${KEYS.enter}g${KEYS.enter}`);
    await terminal.until(FIRST_TWO);
    await aMoment();
    expect(await mended()).toBe(2);
    terminal.press(KEYS.enter);
    await endsWithTheFirstTwo(terminal);
  } finally {
    terminal.close();
  }
});

test('what was typed while the plan was tried out does not agree to it', async () => {
  const working = await slowedDown();
  const terminal = openTerminal(['apply', '--all', '--limit', '2'], { environment, columns: 100 });
  try {
    await working();
    terminal.press(`y${KEYS.enter}`);
    await terminal.until('Write this to');
    await aMoment();
    expect(await mended()).toBe(0);
    terminal.press(KEYS.enter);
    expect(await terminal.exited).toBe(5);
    expect(await mended()).toBe(0);
  } finally {
    terminal.close();
  }
});

test('where nobody can be asked after the first flows, nothing is begun', async () => {
  const production = { ...environment, FLOWMEND_PRODUCTION: 'incident' };
  const named = ['--confirm', 'incident', '--reason', 'stuck'];
  const { code, stderr } = await flowmend(['apply', '--all', '--canary', '2', ...named], production);
  expect([code, stderr]).toEqual([2, expect.stringContaining('After the first flows it is asked again')]);
  expect(await mended()).toBe(0);
});

test('in a terminal: the canary is shown and asked after; Ctrl-C ends after a batch, and the plan goes on later', async () => {
  await run('plan', '--all', '--batch', '1', '-o', path('p.json'));
  const terminal = openTerminal(['apply', path('p.json'), '--canary', '2', '--rate', '1'], {
    environment,
    columns: 100,
  });
  try {
    await terminal.until('Write this to');
    terminal.press('y', KEYS.enter);
    await terminal.until(FIRST_TWO);
    expect(await mended()).toBe(2);
    terminal.press('g', KEYS.enter);
    await terminal.until('/12 flows');
    terminal.press('p');
    await terminal.until('paused after this batch');
    // Beside the bar, and not instead of it.
    await terminal.until((screen) => /paused after this batch.*[█░] \d+\/12 flows/.test(screen));
    terminal.press('p');
    await terminal.until('goes on');
    terminal.press(KEYS.ctrlC);
    await terminal.until('ended between two batches');
    expect(await terminal.exited).toBe(7);
  } finally {
    terminal.close();
  }
  const done = Number(await mended());
  expect(done).toBeLessThan(FLOWS);
  const rest = await run('apply', path('p.json'), '--yes', '--json');
  expect(JSON.parse(rest.stdout).outcome).toMatchObject({ kind: 'done', applied: FLOWS - done, before: done });
});

test('killed in the middle (-9), the plan goes on where it stopped: every flow is mended once', async () => {
  await run('plan', '--all', '--batch', '1', '-o', path('p.json'));
  const terminal = openTerminal(['apply', path('p.json'), '--yes', '--rate', '2'], { environment });
  await terminal.until(/[2-9]\/12 flows/);
  terminal.close();
  const rest = JSON.parse((await run('apply', path('p.json'), '--yes', '--json')).stdout).outcome;
  expect(rest).toMatchObject({ kind: 'done', failed: [], left: 0 });
  expect(rest.before).toBeGreaterThan(1);
  expect(rest.applied).toBe(FLOWS - rest.before);
  expect(
    await install.query('select count(*)::int, sum(cardinality(flows))::int as flows from flowmend.journal'),
  ).toEqual([{ count: FLOWS, flows: FLOWS }]);
  expect(await mended()).toBe(FLOWS);
});
