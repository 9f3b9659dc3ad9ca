import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Plan, seal } from '../../shared/repair/document/plan.ts';
import { jsonSchemas } from '../../shared/report/machine/json.ts';
import { broken } from '../soak/broken-flows.ts';
import { flow, MAPPINGS } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { repairRole } from '../support/roles.ts';
import { openTerminal } from '../support/terminal.ts';

let install: Install;
let environment: Record<string, string>;
let folder: string;
let stuck: string;
/** Child and master hold different mappings: a person has to choose. */
let torn: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
  install = await makeInstall('PostgreSQL', (variant) => {
    const one = broken(variant);
    const two = flow(variant, {
      master: { flow_persistence_data: { field_mappings: { ...MAPPINGS, owner: 'technical_owner' } } },
      child: { progress_percentage: 1 },
    });
    [stuck, torn] = [one.flowId, two.flowId];
    return [one, two];
  });
  environment = { FLOWMEND_DATABASE_URL: install.url, FLOWMEND_JOURNAL_FILE: join(folder, 'journal.jsonl') };
});
afterEach(async () => {
  await install.close();
  await rm(folder, { recursive: true });
});

const run = (args: string[], more: Record<string, string> = {}) => flowmend(args, { ...environment, ...more });
const mappings = async () =>
  (
    await install.query('select field_mappings::jsonb as m from migration.discovery_flows where flow_id = $1', [torn])
  )[0]?.m;

test('by --yes too it is said where the receipt goes where that is a file of this machine, and what that guarantees', async () => {
  const url = await repairRole(install, `mender_${randomUUID().slice(0, 8)}`);
  const { code, stdout } = await run(['apply', stuck, '--yes'], { FLOWMEND_DATABASE_URL: url });
  expect(code).toBe(0);
  expect(stdout).toMatch(/goes into .*journal\.jsonl: [\s\S]*only this machine knows of it/);
  expect((await run(['apply', '--all', '--yes'], { FLOWMEND_DATABASE_URL: url })).stdout).toContain(
    'only this machine',
  );
});

test('what does not hold is shown as the preview shows it: the rows as they became, then why; and nothing is written', async () => {
  await install.query(`
    create function migration.own() returns trigger language plpgsql as
      $$ begin new.current_phase := 'no such phase'; return new; end $$;
    create trigger own before update on migration.discovery_flows for each row execute function migration.own()`);
  const before = await install.everyRow();
  const only = ['--rule', 'progress-out-of-step'];
  const { code, stdout } = await run(['apply', stuck, ...only, '--yes']);
  expect(code).toBe(5);
  expect(stdout).toMatch(
    new RegExp(
      [
        'discovery_flows id .*\\n[\\s\\S]*',
        ' {2}- current_phase +\\w+\\n {2}\\+ current_phase +no such phase\\n[\\s\\S]*',
        '✖ rolled back: the repair did not hold; nothing was written\\n',
        ` {2}✖ phase-unknown would be new on ${stuck}`,
      ].join(''),
    ),
  );
  expect(await install.everyRow()).toEqual(before);
  const tried = await run(['preview', stuck, ...only]);
  const rows = stdout
    .slice(stdout.indexOf('migration.discovery_flows id'), stdout.indexOf('✖ rolled back'))
    .replaceAll(/^.*updated_at.*$/gm, '');
  expect(tried.stdout.replaceAll(/^.*updated_at.*$/gm, '')).toContain(rows);
});

test('what the database refuses is shown with what was tried', async () => {
  await install.query(`
    create function migration.own() returns trigger language plpgsql as
      $$ begin raise exception 'not on a Sunday' using errcode = 'P0001'; end $$;
    create trigger own before update on migration.discovery_flows for each row execute function migration.own()`);
  const { code, stdout } = await run(['apply', stuck, '--rule', 'progress-out-of-step', '--yes']);
  expect(code).toBe(5);
  expect(stdout).toMatch(/progress_percentage +0(\.0)? → 16\.7/);
  expect(stdout).toMatch(/nothing was written\n {2}✖ the database refuses it: not on a Sunday/);
});

test('of a plan that is refused nothing is said of the journal; of one that is applied it is', async () => {
  const [path, forged] = [join(folder, 'plan.json'), join(folder, 'forged.json')];
  await run(['plan', stuck, '-o', path]);
  const { hash: _, digests: __, ...body } = Plan.parse(JSON.parse(await readFile(path, 'utf8')));
  for (const { writes } of body.steps) for (const write of writes) write.to = { kind: 'text', text: 'completed' };
  await writeFile(forged, JSON.stringify(seal(body)));
  const refused = await run(['apply', forged, '--yes']);
  expect(refused.code).toBe(5);
  expect(refused.stdout + refused.stderr).not.toContain('on first use');
  const applied = await run(['apply', path, '--yes']);
  expect([applied.code, applied.stdout]).toEqual([0, expect.stringContaining('is made in this database on first use')]);
});

describe('plans as files', () => {
  test('as Markdown; an edit and a cut are refused with the place', async () => {
    const path = join(folder, 'plan.json');
    const { code, stdout } = await run(['plan', stuck, '-o', path, '--format', 'markdown']);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^# Repair plan for .*\n[\s\S]*\| row \| column \| from \|/),
    ]);
    expect(stdout).toContain('waiting\\_for\\_approval');
    const text = await readFile(path, 'utf8');
    const edited = join(folder, 'edited.json');
    await writeFile(edited, text.replace('"text": "waiting_for_approval"', '"text": "completed"'));
    const refused = await run(['apply', edited, '--yes']);
    expect([refused.code, refused.stderr]).toEqual([
      5,
      expect.stringMatching(
        /edited\.json was changed after it was written: steps\.0 \(discovery_flows [0-9a-f-]{36}\) does not match/,
      ),
    ]);
    await writeFile(edited, text.slice(0, text.length / 2));
    expect((await run(['plan', edited])).stderr).toMatch(/is not JSON: .*(line|position) \d+/);
  });

  test('what a saved plan is good for: fresh, stale, used, each still readable', async () => {
    const path = join(folder, 'plan.json');
    await run(['plan', stuck, '-o', path]);
    const state = async () => {
      const { code, stdout } = await run(['plan', path, '--json']);
      return [code, jsonSchemas.planState.parse(JSON.parse(stdout)).state.kind];
    };
    expect(await state()).toEqual([0, 'fresh']);
    const status = (value: string) =>
      install.query('update migration.discovery_flows set status = $2 where flow_id = $1', [stuck, value]);
    await status('paused');
    expect(await state()).toEqual([4, 'stale']);
    const text = await run(['plan', path]);
    expect(text.stdout).toContain(
      'discovery_flows.status planned from running, now paused, wanted waiting_for_approval',
    );
    await status('running');
    const applied = await run(['apply', path, '--yes', '--json']);
    const { outcome } = jsonSchemas.apply.parse(JSON.parse(applied.stdout));
    expect(await state()).toEqual([0, 'used']);
    expect((await run(['plan', path])).stdout).toContain('receipt' in outcome ? outcome.receipt.id : 'a receipt');
  });

  test('only the rules that are named; an unknown one is usage', async () => {
    const { stdout } = await run(['plan', stuck, '--rule', 'progress-out-of-step', '--json']);
    expect(jsonSchemas.plan.parse(JSON.parse(stdout)).mends.map(({ rule }) => rule)).toEqual(['progress-out-of-step']);
    const two = await run(['plan', stuck, '--rule', 'progress-out-of-step', '--rule', 'import-unlinked', '--json']);
    expect(jsonSchemas.plan.parse(JSON.parse(two.stdout)).mends).toHaveLength(2);
    const unknown = await run(['plan', stuck, '--rule', 'nothing-like-it']);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('There is no rule "nothing-like-it"')]);
  });

  test('the preview as a unified diff and as Markdown', async () => {
    const diff = await run(['preview', stuck, '--rule', 'progress-out-of-step', '-f', 'diff']);
    expect(diff.stdout).toMatch(
      /^--- migration\.discovery_flows\/\S+\n\+\+\+ migration\.discovery_flows\/\S+\n@@ -1,2 \+1,2 @@\n-progress_percentage = 0\n-updated_at = .*\n\+progress_percentage = 16\.7\n/,
    );
    const markdown = await run(['preview', stuck, '-f', 'markdown']);
    expect(markdown.stdout).toMatch(/\| row \| column \| before \| after \|/);
    expect((await run(['preview', stuck, '-f', 'sarif'])).code).toBe(2);
  });

  test('before and after beside each other where the terminal is wide enough', async () => {
    const wide = openTerminal(['preview', stuck], { columns: 120, rows: 60, environment });
    await wide.exited;
    expect(wide.screen()).toMatch(/status +running +│ waiting_for_approval/);
    wide.close();
  });
});

describe('choosing', () => {
  test('unattended: what can be mended is, the choice is left and reported', async () => {
    const before = await mappings();
    const { code, stdout } = await run(['apply', torn, '--yes', '--json']);
    const { outcome, leftOut } = jsonSchemas.apply.parse(JSON.parse(stdout));
    expect([code, outcome.kind, leftOut.map(({ rule, reason }) => [rule, reason])]).toEqual([
      0,
      'applied',
      [['mappings-differ', 'choice']],
    ]);
    expect(await mappings()).toEqual(before);
    const text = await run(['plan', torn]);
    expect(text.stdout).toContain('mappings-differ (choice)');
    expect(text.stdout).toMatch(
      /^ {4}--choose mappings-differ=child {2}\S.*\n {4}--choose mappings-differ=master {2}\S/m,
    );
    const markdown = await run(['plan', torn, '--format', 'markdown']);
    expect(markdown.stdout).toMatch(/^ {2}- --choose mappings-differ=master: \S/m);
    // Only the choice is left now.
    const waiting = await run(['apply', torn, '--yes']);
    expect([waiting.code, waiting.stdout]).toEqual([5, expect.stringContaining('--choose mappings-differ=master')]);
  });

  test('unattended, of several flows: the same, told with the option that makes the choice', async () => {
    const before = await mappings();
    const mended = await run(['apply', stuck, torn, '--yes', '--json']);
    const { outcome, leftOut } = jsonSchemas.applyMany.parse(JSON.parse(mended.stdout));
    expect([mended.code, outcome.applied]).toEqual([0, 2]);
    expect(leftOut.map(({ flowId, rule, reason }) => [flowId, rule, reason])).toContainEqual([
      torn,
      'mappings-differ',
      'choice',
    ]);
    expect(await mappings()).toEqual(before);
    await install.query('update migration.discovery_flows set progress_percentage = 1 where flow_id = $1', [torn]);
    const again = await run(['apply', stuck, torn, '--yes']);
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringMatching(
        /1 of 1 flows mended[\s\S]*left out: mappings-differ.*--choose mappings-differ=child\|master/,
      ),
    ]);
    const waiting = await run(['apply', stuck, torn, '--yes']);
    expect([waiting.code, waiting.stdout]).toEqual([
      5,
      expect.stringMatching(/left out: mappings-differ.*--choose mappings-differ=child\|master/),
    ]);
  });

  test('--choose picks; what is not offered is usage', async () => {
    const wrong = await run(['apply', torn, '--yes', '--choose', 'mappings-differ=import']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('It offers: child, master')]);
    expect((await run(['apply', torn, '--yes', '--choose', 'mappings-differ=master'])).code).toBe(0);
    expect(await mappings()).toMatchObject({ owner: 'technical_owner' });
    expect((await run(['diagnose', torn])).code).toBe(0);
  });

  test('at a terminal: a number picks', async () => {
    const terminal = openTerminal(['apply', torn], { columns: 100, environment });
    await terminal.until('Which one, 1 to 2?');
    terminal.press('2\r');
    await terminal.until('[y/N]');
    terminal.press('y\r');
    expect(await terminal.exited).toBe(0);
    expect(await mappings()).toMatchObject({ owner: 'technical_owner' });
    terminal.close();
  });
});

test('at a terminal: what is picked goes with the rules and the choices that were given', async () => {
  await install.query('update migration.data_imports set total_records = 5');
  const given = [
    '--rule',
    'mappings-differ',
    '--rule',
    'record-count-differs',
    '--choose',
    'record-count-differs=count',
  ];
  const terminal = openTerminal(['apply', torn, ...given], { columns: 100, rows: 60, environment });
  await terminal.until('Which one, 1 to 2?');
  terminal.press('2\r');
  await terminal.until('[y/N]');
  terminal.press('y\r');
  expect(await terminal.exited).toBe(0);
  terminal.close();
  expect(await mappings()).toMatchObject({ owner: 'technical_owner' });
  expect(
    await install.query(
      `select i.total_records as chosen, c.progress_percentage::int as "not named"
       from migration.discovery_flows c join migration.data_imports i on i.id = c.data_import_id where c.flow_id = $1`,
      [torn],
    ),
  ).toEqual([{ chosen: 2, 'not named': 1 }]);
});

test('with --yes and --json it is told on standard error that only this machine will know of the receipt', async () => {
  const role = await repairRole(install, `mender_${randomUUID().slice(0, 8)}`);
  const lesser = /may not make the journal in the database, so the receipt goes into .*journal\.jsonl/;
  const one = await run(['apply', stuck, '--yes', '--json'], { FLOWMEND_DATABASE_URL: role });
  expect([one.code, one.stderr]).toEqual([0, expect.stringMatching(lesser)]);
  expect(jsonSchemas.apply.parse(JSON.parse(one.stdout)).outcome.kind).toBe('applied');
  await install.query('update migration.discovery_flows set progress_percentage = 1');
  const many = await run(['apply', '--all', '--yes', '--json'], { FLOWMEND_DATABASE_URL: role });
  expect([many.code, many.stderr]).toEqual([0, expect.stringMatching(lesser)]);
  // In the database nothing is less.
  await install.query('update migration.discovery_flows set progress_percentage = 1');
  expect((await run(['apply', '--all', '--yes', '--json'])).stderr).not.toMatch(lesser);
});

describe('permission', () => {
  const production = { FLOWMEND_PRODUCTION: 'incident-db' };

  test('production: --yes alone is not enough, nor another name, nor no reason', async () => {
    const before = await install.everyRow();
    const tries = [
      ['apply', stuck, '--yes'],
      ['apply', stuck, '--yes', '--reason', 'INC-9'],
      ['apply', stuck, '--yes', '--confirm', 'incident-db'],
      ['apply', stuck, '--yes', '--reason', 'INC-9', '--confirm', 'another'],
      ['apply', stuck, '--yes', '--reason', ' ', '--confirm', 'incident-db'],
    ];
    const ended = await Promise.all(tries.map((args) => run(args, production)));
    expect(ended.map(({ code }) => code)).toEqual([2, 2, 2, 5, 5]);
    expect(ended[1]?.stderr).toContain('add --confirm <name>');
    expect(ended[3]?.stdout).toContain('"another" is not its name');
    expect(await install.everyRow()).toEqual(before);
    const good = await run(['apply', stuck, '--yes', '--reason', 'INC-9', '--confirm', 'incident-db'], production);
    expect(good.code).toBe(0);
    expect(await install.query('select reason from flowmend.journal')).toEqual([{ reason: 'INC-9' }]);
  });

  test('production at a terminal: the reason and the name are typed', async () => {
    const terminal = openTerminal(['apply', stuck], { columns: 120, environment: { ...environment, ...production } });
    await terminal.until('Why, for the journal?');
    terminal.press('INC-10\r');
    await terminal.until('Type its name to go on');
    terminal.press('incident-db\r');
    expect(await terminal.exited).toBe(0);
    expect(await install.query('select reason from flowmend.journal')).toEqual([{ reason: 'INC-10' }]);
    terminal.close();
  });

  test('--read-only, before or after the command, and its variable: nothing is written, nothing is sent', async () => {
    const before = await install.everyRow();
    const api = { FLOWMEND_API_URL: await install.startApi() };
    for (const args of [
      ['--read-only', 'apply', stuck, '--yes'],
      ['apply', stuck, '--yes', '--read-only'],
      ['preview', stuck, '--read-only'],
      ['undo', '00000000-0000-4000-8000-000000000000', '--yes', '--read-only'],
      ['resume', torn, '--yes', '--read-only'],
    ]) {
      const { code, stderr } = await run(args, api);
      expect([args, code, stderr]).toEqual([args, 5, expect.stringContaining('This session is read-only')]);
    }
    expect((await run(['apply', stuck, '--yes'], { FLOWMEND_READ_ONLY: '1' })).code).toBe(5);
    expect((await run(['plan', stuck], { FLOWMEND_READ_ONLY: '1' })).code).toBe(1);
    expect(await install.everyRow()).toEqual(before);
  });
});

test('journal: the receipts, newest first, by flow and by number', async () => {
  expect((await run(['journal'])).stdout).toBe('The journal holds no receipt.\n');
  await run(['apply', stuck, '--yes', '--reason', 'first']);
  await run(['apply', torn, '--yes', '--reason', 'second']);
  const all = jsonSchemas.journal.parse(JSON.parse((await run(['journal', '--json'])).stdout)).receipts;
  expect(all.map(({ reason }) => reason)).toEqual(['second', 'first']);
  const { stdout } = await run(['journal', '--flow', stuck.slice(0, 8)]);
  expect(stdout).toMatch(
    new RegExp(`^${all[1]?.id} .* repair +\\d rows of flow ${stuck} +run [0-9a-f]{8}\n +by .*: first\n$`),
  );
  expect((await run(['journal', '-n', '1', '--json'])).stdout).not.toContain('first');
  expect((await run(['journal', '-n', '0'])).code).toBe(2);
});
