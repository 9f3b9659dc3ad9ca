import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { STUCK_FLOW_ID, stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { but, flow, WAITING } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { KEYS, openTerminal, type Terminal } from '../support/terminal.ts';

/** What the dashboard says was written, and was not. */
let install: Install;
let terminal: Terminal | undefined;

afterEach(async () => {
  terminal?.close();
  await install.close();
});

async function open(environment: Record<string, string> = {}): Promise<Terminal> {
  terminal = openTerminal(['--write'], { environment: { FLOWMEND_DATABASE_URL: install.url, ...environment } });
  await terminal.until('STUCK');
  return terminal;
}

/** The keys of the last row; the terminal has one more, which stays empty. */
const offered = (rows: readonly string[]) => rows.at(-2) ?? '';

const journal = async () => (await install.query('select id::text from flowmend.journal')).map(({ id }) => String(id));

test('a flow that moved is read again: it is not offered to be resumed, nor called not resumed', async () => {
  install = await makeInstall('PostgreSQL', (variant) => [stuckFlow(variant)]);
  const { press, until, screen, rows, exited, alternate } = await open({ FLOWMEND_API_URL: await install.startApi() });
  press('m');
  await until('MEND THIS FLOW?');
  press('y');
  await until('Next: r resumes the flow.');
  press('r');
  await until('RESUME THIS FLOW?');
  press('y');
  await until('IT MOVED');
  await until(() => offered(rows()).includes('Esc back') && !offered(rows()).includes('r resume'));
  press('q');
  await until((now) => !now.includes('IT MOVED') && now.includes('q quit'));
  press('q');
  expect(await exited).toBe(0);
  expect(alternate()).toBe(false);
  const [receipt] = await journal();
  expect(screen()).toContain('Written in this session:');
  expect(screen()).toContain(`flowmend undo ${receipt}`);
});

test('the flow of a panel is read again, also where another is chosen by then', async () => {
  install = await makeInstall('PostgreSQL', (variant) => [
    stuckFlow(variant),
    flow(variant, but(WAITING, { child: { status: 'running' } })),
  ]);
  await flowmend(['apply', STUCK_FLOW_ID, '--yes'], { FLOWMEND_DATABASE_URL: install.url });
  const { press, until, rows } = await open({ FLOWMEND_API_URL: await install.startApi() });
  press('/', STUCK_FLOW_ID, KEYS.enter);
  await until(new RegExp(`── ${STUCK_FLOW_ID}`));
  await until(/r resume/);
  press(KEYS.escape);
  await until(() => rows().some((row) => row[1] === '›' && row.includes(STUCK_FLOW_ID.slice(0, 8))));
  // The question comes when the other is chosen already.
  press('rk');
  await until(`RESUME THIS FLOW?  ${STUCK_FLOW_ID}`);
  press('y');
  await until('IT MOVED');
  await until(() => offered(rows()).includes('Esc back') && !offered(rows()).includes('r resume'));
  press(KEYS.escape);
  await until((screen) => /── [0-9a-f-]{36}/.test(screen) && !screen.includes(`── ${STUCK_FLOW_ID}`));
});

test('what changed meanwhile is named, and that m makes a new plan', async () => {
  install = await makeInstall('PostgreSQL', (variant) => [
    flow(variant, but(WAITING, { child: { status: 'running' } })),
  ]);
  const { press, until } = await open();
  press('m');
  await until('MEND THIS FLOW?');
  await install.query(`update migration.crewai_flow_state_extensions set flow_status = 'completed'`);
  press('y');
  const refused = await until('NOT WRITTEN');
  expect(refused).toMatch(/nothing\s+was written/);
  const changed = await until('m makes a new plan from what stands there now.');
  const facts = [...changed.matchAll(/^ {2}▲ (\S+): was /gm)].map(([, what]) => what);
  expect(changed).toContain('row.master_status: was "waiting_for_approval", now "completed"');
  // Not that time went by.
  expect(facts.filter((what) => !what?.startsWith('rules.'))).toEqual(['row.master_status']);
  expect(await install.query('select flow_status from migration.crewai_flow_state_extensions')).toEqual([
    { flow_status: 'completed' },
  ]);
  expect(await install.query('select status from migration.discovery_flows')).toEqual([{ status: 'running' }]);
});

test('a mend that fails before its commit says that nothing was written', async () => {
  install = await makeInstall('PostgreSQL', (variant) => [stuckFlow(variant)]);
  const { press, until } = await open({ FLOWMEND_LOCK_TIMEOUT_MS: '60000' });
  press('m');
  await until('MEND THIS FLOW?');
  const holder = new pg.Client({ connectionString: install.url });
  await holder.connect();
  await holder.query('begin; select from migration.discovery_flows for update');
  press('y');
  await until('mend: writing…');
  const waiting = `from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await install.query(`select pg_terminate_backend(pid) ${waiting}`)).length === 0);
  expect(await until('FAILURE')).toMatch(/No connection to the database: [\s\S]*Nothing was written\./);
  await holder.end();
});

test('a run of many that is told to end (SIGTERM) ends after its batch, and leaves what was written on the terminal', async () => {
  install = await makeInstall('PostgreSQL', (variant) =>
    Array.from({ length: 12 }, () => flow(variant, but(WAITING, { child: { status: 'running' } }))),
  );
  const { press, until, screen, exited, kill } = await open();
  press('M');
  await until('MEND EVERY FLOW');
  press(KEYS.enter);
  await until('MEND THESE FLOWS?');
  press('c');
  await until('how many flows first');
  press('0', KEYS.enter);
  await until('c asks nothing in between');
  press('r');
  await until('how many flows a second');
  press('1', KEYS.enter);
  await until('at most 1 a second');
  press('y');
  await until(/ [1-9]\/12 flows/);
  press('p');
  await until('‖ Paused: p goes on');
  expect(screen()).not.toMatch(/\d (s|min) left|It pauses after/);
  press('p');
  await until(() => !screen().includes('Paused'));
  kill('SIGTERM');
  expect(await exited).toBe(143);
  const written = await install.query(
    `select left(plan_hash, 8) as run, count(*)::int as receipts from flowmend.journal group by 1`,
  );
  expect(written).toHaveLength(1);
  expect(screen()).toContain(`flowmend undo ${written[0]?.run}`);
});

test('read-only is the reason why there is no preview', async () => {
  install = await makeInstall('PostgreSQL', (variant) => [stuckFlow(variant)]);
  const { press, until } = await open({ FLOWMEND_READ_ONLY: '1' });
  press('p');
  await until('This session is read-only: nothing is written and nothing is sent.');
});
