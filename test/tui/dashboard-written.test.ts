import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { but, flow, WAITING } from '../support/flow.ts';
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
  await until(() => !rows().at(-1)?.includes('r resume'));
  press('q');
  await until(() => !screen().includes('IT MOVED'));
  press('q');
  expect(await exited).toBe(0);
  expect(alternate()).toBe(false);
  const [receipt] = await journal();
  expect(screen()).toContain('Written in this session:');
  expect(screen()).toContain(`flowmend undo ${receipt}`);
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
  await until(/(row\.master_status: was "waiting_for_approval", now "completed"|flow_status: planned from)/);
  await until('m makes a new plan from what stands there now.');
  expect(await install.query(`select to_regclass('flowmend.journal') as journal`)).not.toEqual([]);
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
