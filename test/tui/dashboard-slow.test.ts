import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { makeFleetOf } from '../bench/fleet-of.ts';
import { but, flow, WAITING } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { KEYS, openTerminal, type Terminal, type TerminalOptions } from '../support/terminal.ts';

let install: Install;
let holder: pg.Client;
let terminal: Terminal | undefined;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => [
    stuckFlow(variant),
    flow(variant, but(WAITING, { child: { status: 'running' } })),
  ]);
  holder = new pg.Client({ connectionString: install.url });
  await holder.connect();
});
afterEach(async () => {
  terminal?.close();
  await holder.end();
  await install.close();
});

function open(options: TerminalOptions = {}): Terminal {
  terminal = openTerminal(['--write'], {
    ...options,
    // Nothing but who leaves ends a statement.
    environment: {
      FLOWMEND_DATABASE_URL: install.url,
      FLOWMEND_STATEMENT_TIMEOUT_MS: '3600000',
      ...options.environment,
    },
  });
  return terminal;
}

const lock = () => holder.query('begin; lock table migration.discovery_flows in access exclusive mode');

/** What Flowmend has the server do now. */
function working(): Promise<Record<string, unknown>[]> {
  return install.query(
    `select query from pg_stat_activity
     where datname = current_database() and application_name = 'flowmend' and state <> 'idle'`,
  );
}

test('on a locked database the first frame comes at once; keys are kept, not echoed, and q ends all', async () => {
  await lock();
  const first = open();
  await first.until('connecting to ');
  first.press('jkJ');
  await vi.waitFor(async () => expect(await working()).not.toEqual([]));
  expect(first.screen()).not.toMatch(/jk|\^\[/);
  await holder.query('commit');
  // What was typed before there was a list means what stands in it.
  await first.until('JOURNAL');
  first.close();

  await lock();
  const second = open();
  await second.until('connecting to ');
  await vi.waitFor(async () => expect(await working()).not.toEqual([]));
  second.press('q');
  expect(await second.exited).toBe(0);
  expect([second.alternate(), second.cursorShown()]).toEqual([false, true]);
  await vi.waitFor(async () => expect(await working()).toEqual([]), { timeout: 5_000 });
});

test('slow is not offline: what runs is shown with its time and who blocks it; Esc and q end it on the server', async () => {
  const shown = open({ columns: 130 });
  await shown.until('STUCK: waits for an approval');
  await lock();
  const [{ pid }] = (await holder.query('select pg_backend_pid() as pid')).rows;
  shown.press('l');
  await shown.until('locate: preparing');
  const slow = await shown.until(
    new RegExp(`works on a statement for \\d+ s, blocked by pid ${pid} \\(\\w+\\): select pg_`),
  );
  expect(slow).not.toContain('offline');
  await vi.waitFor(async () => expect((await working()).length).toBeGreaterThanOrEqual(2));
  await shown.until(/slow: \d+ s old/);
  expect(shown.screen()).not.toMatch(/offline|No connection/);
  // Of the two that wait for the lock Esc ends the one that was asked for; the fleet is still to be read.
  const before = await working();
  shown.press(KEYS.escape);
  await vi.waitFor(async () => expect(await working()).toHaveLength(before.length - 1), { timeout: 5_000 });
  shown.press('J');
  await shown.until('JOURNAL');
  expect(shown.screen()).not.toMatch(/offline|No connection/);
  // The first closes the journal.
  shown.press(KEYS.escape);
  await shown.until((screen) => !screen.includes('JOURNAL'));
  shown.press('q');
  expect(await shown.exited).toBe(0);
  await vi.waitFor(async () => expect(await working()).toEqual([]), { timeout: 5_000 });
});

test('a statement that was ended by its time limit is slow, not offline', async () => {
  const shown = open({ environment: { FLOWMEND_STATEMENT_TIMEOUT_MS: '1500' } });
  await shown.until('STUCK: waits for an approval');
  await lock();
  const slow = await shown.until(/▲ slow: \d+ s old/);
  expect(slow).not.toContain('offline');
  await holder.query('commit');
  await shown.until(/live \d s/);
});

test('planning 20,000 broken flows does not make it offline, and Esc ends it', async () => {
  await install.query('drop schema migration cascade');
  await makeFleetOf(holder, 20_000, { open: 1, broken: 1 });
  const shown = open({ columns: 130 });
  await shown.until('20000 flows');
  shown.press('M');
  await shown.until('MEND EVERY FLOW THAT BREAKS WHICH RULE?');
  shown.press(KEYS.enter);
  let offline = '';
  await shown.until((screen) => {
    if (/offline|No connection/.test(screen)) offline = screen;
    return /flows (planned|tried out), Esc ends it|MEND THESE FLOWS|NOTHING TO MEND|FAILURE/.test(screen);
  });
  await shown.until((screen) => {
    if (/offline|No connection/.test(screen)) offline = screen;
    return /tried out, Esc ends it|MEND THESE FLOWS|NOTHING TO MEND|FAILURE/.test(screen);
  });
  shown.press(KEYS.escape);
  expect(offline).toBe('');
  shown.press(KEYS.ctrlC);
  expect(await shown.exited).toBe(0);
  await vi.waitFor(async () => expect(await working()).toEqual([]), { timeout: 5_000 });
});
