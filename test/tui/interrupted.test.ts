import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { broken } from '../soak/broken-flows.ts';
import { flowmend } from '../support/flowmend.ts';
import { openHoldGate } from '../support/hold-gate.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
let before: unknown;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => Array.from({ length: 5 }, () => broken(variant)));
});
afterEach(() => install.close());

/** Runs `flowmend`, and presses Ctrl-C while its first message with these words is on the way. */
async function interruptedAt(words: string, ...args: string[]): Promise<{ code: number | null; stderr: string }> {
  const gate = await openHoldGate(install.url, words);
  const child = spawn(process.execPath, [resolve('dist/flowmend.js'), ...args], {
    env: { PATH: process.env.PATH ?? '', FLOWMEND_DATABASE_URL: gate.url },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await Promise.race([gate.held, ended]);
  child.kill('SIGINT');
  gate.release();
  const code = await ended;
  await gate.close();
  return { code, stderr };
}

const CANCELLED = { code: 3, stderr: expect.stringContaining('Ended by Ctrl-C before anything was written.') };

test.each([
  ['the plan reads its flows', 'of_flow.raw_links'],
  ['the plan looks for shared masters', 'group by of_flow'],
])('Ctrl-C while %s: the command ends, and nothing is written', async (_, words) => {
  before = await install.everyRow();
  expect(await interruptedAt(words, 'apply', '--all', '--yes', '--batch', '1')).toEqual(CANCELLED);
  expect(await install.everyRow()).toEqual(before);
  expect(await install.query(`select to_regclass('flowmend.journal') as journal`)).toEqual([{ journal: null }]);
});

test('Ctrl-C while the run asks the journal what was done: no batch is begun', async () => {
  expect(
    (await flowmend(['apply', '--all', '--limit', '1', '--yes'], { FLOWMEND_DATABASE_URL: install.url })).code,
  ).toBe(0);
  before = await install.everyRow();
  expect(await interruptedAt('with recursive turns', 'apply', '--all', '--yes', '--batch', '1')).toEqual(CANCELLED);
  expect(await install.everyRow()).toEqual(before);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s in mid-scan: one line, and the server stops working on it',
  async (signal) => {
    await install.query('alter table migration.discovery_flows rename to flows');
    await install.query(
      'create view migration.discovery_flows as select * from migration.flows where pg_sleep(20) is not null',
    );
    const child = spawn(process.execPath, [resolve('dist/flowmend.js'), 'scan'], {
      env: {
        PATH: process.env.PATH ?? '',
        FLOWMEND_DATABASE_URL: install.url,
        FLOWMEND_STATEMENT_TIMEOUT_MS: '240000',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const working = () =>
      install.query(
        `select pid from pg_stat_activity
       where datname = current_database() and application_name = 'flowmend' and state = 'active'
         and wait_event = 'PgSleep'`,
      );
    await expect.poll(working).not.toEqual([]);
    child.kill(signal);
    expect(await ended).toBe(3);
    expect(stderr).toBe('flowmend: The scan was stopped, and with it the statement on the server.\n');
    await expect.poll(working).toEqual([]);
  },
);

/** Runs `flowmend`, and ends it by a signal while its statement waits for a lock that another holds. */
async function endedWhileLocked(
  lock: string,
  signal: 'SIGINT' | 'SIGTERM',
  ...args: string[]
): Promise<{ code: number | null; stderr: string }> {
  const holder = new pg.Client({ connectionString: install.url });
  await holder.connect();
  await holder.query(`begin; ${lock}`);
  const child = spawn(process.execPath, [resolve('dist/flowmend.js'), ...args], {
    env: {
      PATH: process.env.PATH ?? '',
      FLOWMEND_DATABASE_URL: install.url,
      FLOWMEND_STATEMENT_TIMEOUT_MS: '3600000',
      FLOWMEND_LOCK_TIMEOUT_MS: '3600000',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const waiting = () =>
    install.query(
      `select pid from pg_stat_activity
       where datname = current_database() and application_name = 'flowmend' and wait_event_type = 'Lock'`,
    );
  try {
    await expect.poll(waiting, { timeout: 30_000 }).not.toEqual([]);
    child.kill(signal);
    const code = await ended;
    await expect.poll(waiting).toEqual([]);
    return { code, stderr };
  } finally {
    await holder.end();
  }
}

test('Ctrl-C while a table is locked: a command that reads ends its statement on the server', async () => {
  expect(await endedWhileLocked('lock table migration.discovery_flows', 'SIGINT', 'diagnose', '0')).toEqual({
    code: 3,
    stderr: 'flowmend: Ended by Ctrl-C, and with it the statement on the server.\n',
  });
});

test('Ctrl-C and SIGTERM while a write waits for a row: it is rolled back on the server, and said that nothing was written', async () => {
  const [flow] = await install.query('select flow_id::text as id from migration.discovery_flows limit 1');
  const row = 'select from migration.discovery_flows for update';
  before = await install.everyRow();
  for (const [signal, word] of [
    ['SIGINT', 'Ctrl-C'],
    ['SIGTERM', 'SIGTERM'],
  ] as const) {
    const { code, stderr } = await endedWhileLocked(row, signal, 'apply', String(flow?.id), '--yes');
    expect({ code, stderr }).toEqual({ code: 3, stderr: `flowmend: Ended by ${word} before anything was written.\n` });
  }
  expect(await install.everyRow()).toEqual(before);
});

test('SIGTERM in a run of many: it ends after the batch, and says what was written', async () => {
  const child = spawn(
    process.execPath,
    [resolve('dist/flowmend.js'), 'apply', '--all', '--yes', '--batch', '1', '--rate', '1'],
    {
      env: { PATH: process.env.PATH ?? '', FLOWMEND_DATABASE_URL: install.url },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await expect
    .poll(() => install.query('select from flowmend.journal').catch(() => []), { timeout: 30_000 })
    .not.toEqual([]);
  child.kill('SIGTERM');
  expect(await ended).toBe(7);
  const receipts = await install.query('select id::text from flowmend.journal');
  expect(receipts.length).toBeLessThan(5);
  expect(stdout).toContain(`${receipts.length} of 5`);
  expect(stdout).toMatch(/Run [0-9a-f]{8}\. To take all of it back/);
});
