import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { settle } from '../../shared/repair/journal/settle.ts';
import { openSession } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { startPgbouncer } from '../support/pgbouncer.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { documentedRole } from '../support/roles.ts';
import { KEYS, openTerminal } from '../support/terminal.ts';

let install: Install;
let database: string;
let role: string;
let url: string;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => [stuckFlow(variant)]);
  database = new URL(install.url).pathname.slice(1);
  role = `reader_${randomUUID().slice(0, 8)}`;
  url = await documentedRole(install, 'The role that reads', role);
});
afterEach(async () => {
  await install.query(`drop owned by ${role}`);
  await install.query(`drop role ${role}`);
  await install.close();
});

const scan = (ofUrl: string) => flowmend(['scan'], { FLOWMEND_DATABASE_URL: ofUrl });
const limit = (what: string, most: number) => install.query(`alter ${what} connection limit ${most}`);

/** That it is full, who asked, and when to ask again: never that there is no way to it. */
async function refusedAsFull(ofUrl: string, sentence: string): Promise<void> {
  const { code, stderr } = await scan(ofUrl);
  const [first, second] = stderr.split('\n');
  expect([code, first]).toEqual([3, `flowmend: ${sentence}`]);
  expect(second).toMatch(/^ {2}Tried: user \w+, .* Try again when others have ended theirs, or ask/);
}

test('a role, or a database, that may have no more connections', async () => {
  await limit(`role ${role}`, 0);
  await refusedAsFull(url, `The server has no connection left for role "${role}".`);
  await limit(`role ${role}`, -1);
  await limit(`database ${database}`, 0);
  await refusedAsFull(url, `The server has no connection left for database "${database}".`);
});

test('a server of which others have all connections', async () => {
  const server = await startPostgres(['max_connections=4', 'superuser_reserved_connections=0']);
  const others = Array.from({ length: 4 }, () => new pg.Client({ connectionString: server.url }));
  try {
    for (const other of others) await other.connect();
    await refusedAsFull(server.url, 'The server has no connection left: sorry, too many clients already.');
  } finally {
    for (const other of others) await other.end();
    await server.stop();
  }
});

test('a pooler that takes no more clients', async () => {
  const pooler = await startPgbouncer(inject('postgresUrl'), 'session', 1);
  const other = new pg.Client({ connectionString: pooler.through(install.url) });
  try {
    await other.connect();
    await refusedAsFull(
      pooler.through(install.url),
      'The pooler on the way to this database has no connection left: no more connections allowed (max_client_conn).',
    );
  } finally {
    await other.end();
    await pooler.stop();
  }
});

test('how a commit ended is asked again and again while there is no connection left to ask', async () => {
  const [row] = await install.query('select pg_current_xact_id()::text as id');
  const reading = await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: url }, {}));
  try {
    await limit(`role ${role}`, 0);
    await install.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`);
    const ended = settle(reading.primary, String(row?.id), 30_000);
    await new Promise((resolve) => setTimeout(resolve, 600));
    await limit(`role ${role}`, -1);
    expect(await ended).toBe('committed');
  } finally {
    await reading.close();
  }
});

test('the dashboard says so, keeps what it knows, and tries again by itself: while it opens, and later', async () => {
  await limit(`role ${role}`, 0);
  const terminal = openTerminal([], { environment: { FLOWMEND_DATABASE_URL: url }, columns: 100 });
  try {
    const none = `✖ The server has no connection left for role "${role}". Retrying.`;
    expect(await terminal.until(none)).toContain('connecting to ');
    terminal.press('J');
    await limit(`role ${role}`, -1);
    await terminal.until('JOURNAL');
    terminal.press(KEYS.escape);
    await terminal.until('STUCK: waits for an approval');

    await limit(`role ${role}`, 0);
    await install.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`);
    const full = await terminal.until(/✖ server full: \d+ s old/);
    expect(full).toContain(none);
    expect(full).not.toMatch(/offline|No connection/);
    expect(full).toContain('STUCK: waits for an approval');
    await limit(`role ${role}`, -1);
    await terminal.until(/live \d s/);
    terminal.press('q');
    expect(await terminal.exited).toBe(0);
  } finally {
    terminal.close();
  }
});

test('q leaves a dashboard that has found no connection yet', async () => {
  await limit(`role ${role}`, 0);
  const terminal = openTerminal([], { environment: { FLOWMEND_DATABASE_URL: url } });
  try {
    await terminal.until('Retrying.');
    terminal.press('q');
    expect(await terminal.exited).toBe(0);
  } finally {
    terminal.close();
  }
});
