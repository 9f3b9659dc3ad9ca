import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { but, flow, WAITING } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { KEYS, openTerminal, type Terminal } from '../support/terminal.ts';

/** Two more than are tried first: a run of two batches. */
const FLOWS = 12;
const RULE = 'child-status-should-wait';

let install: Install;
let folder: string;
let ids: string[];
let terminal: Terminal | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-dashboard-many-'));
  install = await makeInstall('PostgreSQL', (variant) => {
    const broken = Array.from({ length: FLOWS }, (_, index) => {
      const flow_name = index < 3 ? 'Warehouse' : 'Servers';
      // The longest untouched come first: in the order of `ids`.
      const updated_at = new Date(Date.now() - 3_600_000 + index * 1_000).toISOString();
      return flow(variant, but(WAITING, { child: { status: 'running', flow_name, updated_at } }));
    });
    ids = broken.map((one) => one.flowId);
    const slow = flow(variant, { child: { progress_percentage: 1 } });
    return [...broken, slow, flow(variant)];
  });
});
afterEach(async () => {
  terminal?.close();
  await install.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(args: string[] = ['--write'], environment: Record<string, string> = {}): Promise<Terminal> {
  terminal = openTerminal(args, {
    folder,
    environment: { FLOWMEND_DATABASE_URL: install.url, FLOWMEND_LOCK_TIMEOUT_MS: '30000', ...environment },
  });
  await terminal.until('STUCK');
  return terminal;
}

/** Opens the dashboard, chooses the rule and waits for the question. */
async function asked(args?: string[], environment?: Record<string, string>): Promise<Terminal> {
  const opened = await open(args, environment);
  opened.press('M');
  await opened.until(`› ${' '.repeat(7)}12  ✖ ${RULE}`);
  opened.press(KEYS.enter);
  await opened.until('MEND THESE FLOWS?');
  return opened;
}

/** Waits for the question after the flows that are tried first, and answers it. */
async function goesOn({ until, press }: Terminal): Promise<string> {
  const question = await until('g goes on with the other 2');
  press('g');
  return question;
}

const mended = async () =>
  (
    await install.query(
      `select flow_id::text from migration.discovery_flows where status = 'waiting_for_approval' order by flow_id`,
    )
  ).map((row) => row.flow_id);

/** Another session that holds a row of the flow, until it is let go. */
async function holding(flowId: string | undefined): Promise<{ letGo(): Promise<void> }> {
  const client = new pg.Client({ connectionString: install.url });
  await client.connect();
  await client.query('begin');
  await client.query('select 1 from migration.discovery_flows where flow_id = $1 for update', [flowId]);
  return { letGo: () => client.query('rollback').then(() => client.end()) };
}

test('the rules are counted, the flows shown with their ids and sums, and only y writes', async () => {
  const { press, until } = await open();
  const before = await install.everyRow();
  press('M');
  const rules = await until('MEND EVERY FLOW THAT BREAKS WHICH RULE?');
  expect(rules).toMatch(/ 13 +any of these rules/);
  expect(rules).toMatch(/› +12 {2}✖ child-status-should-wait/);
  expect(rules).toMatch(/ {2} +1 {2}▲ progress-out-of-step/);
  press(KEYS.enter);
  const question = await until('MEND THESE FLOWS?');
  expect(question).toContain('y mends 12 flows: 10 first');
  expect(question).toContain('this also creates the schema "flowmend"');
  expect(question).toContain(`all flows with ${RULE}: 12 found`);
  expect(question).toContain('12 of 12 flows would be mended and verified');
  expect(question).toContain(`12 × ${RULE} mended`);
  expect(question).toContain('12 rows of migration.discovery_flows written');
  press('G');
  const end = await until('exactly these 12 flows:');
  for (const id of ids) expect(end).toContain(id);
  expect(await install.everyRow()).toEqual(before);
  press('n');
  await until('Nothing was written.');
  expect(await install.everyRow()).toEqual(before);
});

test('exactly the flows of the plan are mended; the result stays until it is dismissed', async () => {
  const terminal = await asked();
  const { press, until, rows } = terminal;
  press('y');
  await goesOn(terminal);
  const result = await until('✔ 12 of 12 flows mended and verified');
  expect(result).toMatch(/run [0-9a-f]{8}, 2 receipts; u takes all of it back/);
  expect(await mended()).toEqual(ids.toSorted());
  await until('live 0 s');
  await until('live 1 s');
  expect(rows().join('\n')).toContain('✔ 12 of 12 flows mended and verified');
  press('J');
  await until(/JOURNAL[\s\S]* repair {2}\d+ rows of\s/);
  press(KEYS.escape);
  await until((now) => !now.includes('JOURNAL') && now.includes('Enter detail'));
  expect(await install.query('select sum(cardinality(flows))::int as flows from flowmend.journal')).toEqual([
    { flows: FLOWS },
  ]);
});

test('one key takes the whole run back, after a question; so does A at the undo of one of its flows', async () => {
  const before = await install.everyRow();
  const terminal = await asked();
  const { press, until } = terminal;
  press('y');
  await goesOn(terminal);
  expect(await until('u takes all of it back')).toMatch(/u take all of it back/);
  press('u');
  const question = await until('TAKE ALL OF THIS RUN BACK?');
  expect(question).toContain('y takes back 12 flows, in 2 transactions');
  press('n');
  await until('Nothing was written.');
  press('u');
  await until('A all of its run');
  press('A');
  await until('TAKE ALL OF THIS RUN BACK?');
  press('y');
  expect(await until('TAKEN BACK')).toContain('✔ 12 of 12 flows taken back');
  expect(await install.everyRow()).toEqual(before);
});

test('after the first flows it says how they went, and writes no other before g, however often y is pressed', async () => {
  const { press, until, rows } = await asked();
  press('y', 'y');
  const question = await until('g goes on with the other 2, n ends it here.');
  expect(question).toContain('The first 10: 10 mended and verified, 0 failed.');
  expect(rows().at(-2)).toBe('g go on  n end here  ? keys');
  press('y', 'p', 'm', 'M', ' ', KEYS.enter);
  await until('live 0 s');
  await until('live 1 s');
  expect(await mended()).toHaveLength(10);
  press('n');
  const result = await until('MENDED IN PART');
  expect(result).toContain('▲ 10 of 12 flows mended and verified');
  expect(result).toContain('2 flows were not tried');
  expect(await mended()).toHaveLength(10);
});

test('how many first, at what rate and when it stops is set before y, and kept to', async () => {
  const { press, until } = await asked();
  const question = await until('c asks again after the first 10');
  expect(question).toContain('r as fast as it can');
  expect(question).toContain('s stops when over 20 % of a batch fail');
  press('c');
  await until('how many flows first (0: none)? ');
  press('two', KEYS.enter);
  await until('That takes a number of flows from 0 to 100,000.');
  press('\u0015', '4', KEYS.enter);
  await until('y mends 12 flows: 4 first');
  press('r');
  await until('how many flows a second at most');
  press('100', KEYS.enter);
  await until('r at most 100 a second');
  press('s');
  await until('stop when more than how many percent of a batch fail? ');
  press('0%', KEYS.enter);
  await until('s stops when over 0 % of a batch fail');
  press('s');
  await until('percent of a batch fail? ');
  press('50', KEYS.escape);
  await until((now) => now.includes('s stops when over 0 % of a batch fail') && !now.includes('percent of a batch'));
  expect(await mended()).toEqual([]);
  await install.query(`update migration.discovery_flows set status = 'processing' where flow_id = $1`, [ids[0]]);
  press('y');
  const result = await until('MENDED IN PART');
  expect(result).toContain('It stopped: 1 of the 4 flows of a batch failed.');
  expect(result).toContain('8 flows were not tried');
  expect(await mended()).toHaveLength(3);
});

test('p pauses after the running batch and goes on again', async () => {
  const { press, until, screen } = await asked();
  press('c', '0', KEYS.enter, 'r', '10', KEYS.enter);
  await until('y mends 12 flows: up to 10 in a transaction.');
  const held = await holding(ids[0]);
  press('y');
  await until('the first of 12 flows are being mended');
  press('p');
  await until('It pauses after the running batch');
  await held.letGo();
  await until(/ 10\/12 flows/);
  expect(await mended()).toHaveLength(10);
  expect(screen()).toContain('p go on  x end after this batch');
  press('p');
  await until('✔ 12 of 12 flows mended and verified');
});

test('q goes back, which ends it after the running batch, says what is left, and M goes on with it', async () => {
  const { press, until } = await asked();
  const held = await holding(ids[0]);
  press('y');
  await until('the first of 12 flows are being mended');
  press('q');
  await until('It ends after the running batch.');
  await held.letGo();
  const result = await until('MENDED IN PART');
  expect(result).toContain('▲ 10 of 12 flows mended and verified');
  expect(result).toContain('It ended between two batches, as asked.');
  expect(result).toContain('2 flows were not tried: M plans those that are left');
  press('M');
  await until(/ 2 {2}✖ child-status-should-wait/);
  press('j', KEYS.enter);
  await until('y mends 2 flows');
  press('y');
  await until('✔ 2 of 2 flows mended and verified');
  expect(await mended()).toEqual(ids.toSorted());
});

test('what failed is named with its reason and listed in a file that feeds a plan', async () => {
  const terminal = await asked();
  const { press, until } = terminal;
  await install.query(`update migration.discovery_flows set status = 'processing' where flow_id = $1`, [ids[0]]);
  press('y');
  const question = await goesOn(terminal);
  expect(question).toContain('The first 10: 9 mended and verified, 1 failed.');
  expect(question).toContain('1 × stale: discovery_flows.status changed');
  const result = await until('MENDED IN PART');
  expect(result).toContain('▲ 11 of 12 flows mended and verified');
  expect(result).toContain(`✖ ${ids[0]} stale: discovery_flows.stat`);
  press('w');
  await until('✔ listed in flowmend-');
  const [file = ''] = await readdir(folder);
  expect(JSON.parse(await readFile(join(folder, file), 'utf8')).flows).toEqual([ids[0]]);
  const again = await flowmend(['plan', '--from', join(folder, file), '--json'], {
    FLOWMEND_DATABASE_URL: install.url,
  });
  expect(JSON.parse(again.stdout).flows).toEqual([ids[0]]);
});

test('what fails when it is tried out stays out, does not end the run, and is listed with the rest', async () => {
  const { press, until } = await open();
  const [first, second, third] = ids;
  await install.query(`
    create function migration.stubborn() returns trigger language plpgsql as $$ begin
      if new.flow_id in ('${first}', '${second}', '${third}') then raise exception 'not this one'; end if;
      return new; end $$;
    create trigger stubborn before update on migration.discovery_flows
      for each row execute function migration.stubborn()`);
  press('M');
  await until(/› +12 {2}✖ child-status-should-wait/);
  press(KEYS.enter);
  const question = await until('MEND THESE FLOWS?');
  expect(question).toContain('y mends 9 flows in one transaction.');
  expect(question).toContain('9 of 12 flows would be mended and verified');
  expect(question).toContain('Left out: 3 flows that failed');
  expect(question).toMatch(/ 3 × rejected: .*not this one/);
  press('y');
  const result = await until('MENDED IN PART');
  expect(result).toContain('▲ 9 of 9 flows mended and verified');
  for (const flowId of [first, second, third]) expect(result).toContain(`✖ ${flowId} rejected: `);
  expect(await mended()).toEqual(ids.slice(3).toSorted());
  press('M');
  await until(/ 3 {2}✖ child-status-should-wait/);
  press('j', KEYS.enter);
  await until('NOTHING TO MEND');
});

test('a run that breaks off says so, and how far it came', async () => {
  const { press, until } = await asked();
  const held = await holding(ids[0]);
  press('y');
  await until('the first of 12 flows are being mended');
  const waiting = `from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await install.query(`select pg_terminate_backend(pid) ${waiting}`)).length === 0);
  const result = await until('It broke off:');
  expect(result).toContain('NOT WRITTEN');
  expect(result).toContain('▲ 0 of 12 flows mended and verified');
  expect(result).toContain('12 flows were not tried: M plans those that are left');
  await held.letGo();
  expect(await mended()).toEqual([]);
});

test('with a filter only flows that it lists are meant', async () => {
  const { press, until } = await open();
  press('/', 'Warehouse', KEYS.enter);
  await until('1 of 3');
  press('M');
  const rules = await until('Only of the 3 flows that the filter "Warehouse" lists, so many break:');
  expect(rules).toMatch(/› +3 {2}✖ child-status-should-wait/);
  press(KEYS.enter);
  await until('y mends 3 flows');
  press('y');
  await until('✔ 3 of 3 flows mended and verified');
  expect(await mended()).toEqual(ids.slice(0, 3).toSorted());
});

test('production asks for a reason and for its name before many flows are written', async () => {
  const terminal = await asked(['--write'], { FLOWMEND_PRODUCTION: 'incident-db' });
  const { press, until } = terminal;
  await until('This is production: y asks for a reason and for its name');
  press('y');
  await until('why, for the journal: ');
  press('INC-12', KEYS.enter);
  await until('type the name of this production connection: ');
  press('another', KEYS.enter);
  await until('That is not its name: incident-db');
  expect(await mended()).toEqual([]);
  press('\u0015', 'incident-db');
  await until('connection: incident-db');
  press(KEYS.enter);
  await goesOn(terminal);
  await until('✔ 12 of 12 flows mended and verified');
  expect(await install.query('select distinct reason from flowmend.journal')).toEqual([{ reason: 'INC-12' }]);
});

test('locked: it asks to be unlocked first; --read-only: it is neither offered nor done', async () => {
  const locked = await open([]);
  locked.press('M');
  await locked.until('UNLOCK WRITING?');
  locked.press('U');
  await locked.until('MEND EVERY FLOW THAT BREAKS WHICH RULE?');
  locked.close();
  const before = await install.everyRow();
  const { press, until, rows } = await open(['--read-only']);
  expect(rows().at(-2)).not.toContain('mend many');
  press('M');
  await until('This session is read-only: nothing is written and nothing is sent.');
  expect(await install.everyRow()).toEqual(before);
});

test('u takes one flow of a batch back and says so; a means all of it, but for what changed since; u again mends them', async () => {
  const terminal = await asked();
  const { press, until } = terminal;
  const before = await install.everyRow();
  press('y');
  await goesOn(terminal);
  await until('✔ 12 of 12 flows mended and verified');
  const after = await install.everyRow();
  press(KEYS.escape);
  await until((now) => now.includes('u undo') && now.includes('Enter detail'));
  press('u');
  const one = await until('TAKE THE REPAIR BACK?');
  expect(one).toMatch(/y restores 1 row of 1 flow to what/);
  const flowId = ids.find((id) => one.includes(`  ${id}`));
  expect(flowId).toBeDefined();
  const [row] = await install.query(
    'select id, flows::text[] as flows from flowmend.journal where flows @> array[$1::uuid]',
    [flowId],
  );
  const flows = row?.flows as string[];
  expect(one).toMatch(new RegExp(`${flows.length - 1} other flows? of that receipt stay`));

  const changed = flows.find((id) => id !== flowId);
  await install.query(`update migration.discovery_flows set status = 'paused' where flow_id = $1`, [changed]);
  press('a');
  const all = await until('rows changed since');
  expect(all).toContain(`✖ ${changed}`);
  expect(all).toMatch(new RegExp(`y restores ${flows.length - 1} rows? of ${flows.length - 1} flows?`));
  press('n');
  await until('Nothing was written.');
  await install.query(`update migration.discovery_flows set status = 'waiting_for_approval' where flow_id = $1`, [
    changed,
  ]);
  expect(await install.everyRow()).toEqual(after);

  press('u');
  await until('TAKE THE REPAIR BACK?');
  press('y');
  await until('TAKEN BACK');
  expect(await mended()).toEqual(ids.filter((id) => id !== flowId).toSorted());
  expect(await install.everyRow()).not.toEqual(before);
  press(KEYS.escape);
  // The flow moved in the list: it is found by its id.
  press('/', flowId?.slice(0, 8) ?? '', KEYS.enter);
  await until('u mends it again as it was');
  press('u');
  await until('TAKE THE UNDO BACK?');
  press('y');
  await until('✔ written and verified, receipt');
  expect(await install.everyRow()).toEqual(after);
});
