import pg from 'pg';
import sql from 'sql-template-tag';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { openSession, sessionUntil, type WriteSession, writable } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
let holder: pg.Client;
let session: WriteSession;

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => [stuckFlow(variant)]);
});
afterAll(() => install.close());
beforeEach(async () => {
  // Long: nothing but who ends it ends a statement.
  const settings = settingsFrom({
    FLOWMEND_DATABASE_URL: install.url,
    FLOWMEND_STATEMENT_TIMEOUT_MS: '600000',
    FLOWMEND_LOCK_TIMEOUT_MS: '600000',
  });
  session = writable(await openSession(settings));
  holder = new pg.Client({ connectionString: install.url });
  await holder.connect();
  await holder.query('begin; lock table migration.discovery_flows in access exclusive mode');
});
afterEach(async () => {
  await holder.end();
  await session.close();
});

const COUNT = sql`select count(*) from migration.discovery_flows`;

/** What Flowmend has the server do now. */
async function working(): Promise<readonly unknown[]> {
  return install.query(
    `select pid from pg_stat_activity
     where datname = current_database() and application_name = 'flowmend' and state <> 'idle'`,
  );
}

test('a read that waits for a lock ends on the server when its signal aborts', async () => {
  const controller = new AbortController();
  const read = sessionUntil(session, controller.signal).primary.read(COUNT);
  await vi.waitFor(async () => expect(await working()).toHaveLength(1));
  controller.abort();
  await expect(read).rejects.toMatchObject({ code: 'cancelled' });
  await vi.waitFor(async () => expect(await working()).toEqual([]));
});

test('one that waits for a connection, which others use, is not offline: it waits, and can be ended', async () => {
  const others = new AbortController();
  const busy = Array.from({ length: 2 }, () => session.primary.read(COUNT, others.signal));
  const ended = Promise.allSettled(busy);
  await vi.waitFor(async () => expect(await working()).toHaveLength(2));
  const impatient = new AbortController();
  const waits = session.primary.read(sql`select 1`, impatient.signal);
  const patient = session.primary.read(sql`select 2 as two`);
  impatient.abort();
  await expect(waits).rejects.toMatchObject({ code: 'cancelled' });
  expect(await working()).toHaveLength(2);
  others.abort();
  await ended;
  expect(await patient).toEqual([{ two: 2 }]);
});

test('closing ends what runs, whatever it is', async () => {
  const all = Promise.allSettled([
    session.primary.read(COUNT),
    scan(session, { signal: new AbortController().signal, onProgress: () => {} }),
    session.writer.transaction(async (transaction) => {
      await transaction.write(sql`update migration.discovery_flows set status = 'x'`);
      return { ending: 'commit', value: undefined };
    }),
  ]);
  await vi.waitFor(async () => expect((await working()).length).toBeGreaterThanOrEqual(3));
  await session.close();
  const codes = (await all).map((one) => (one.status === 'rejected' ? one.reason.code : 'did not end'));
  expect(codes).toEqual(['cancelled', 'cancelled', 'cancelled']);
  await vi.waitFor(async () => expect(await working()).toEqual([]));
});

test('who blocks the longest wait is named, also for a write', async () => {
  expect(await session.longestWait(0)).toBeUndefined();
  const [{ pid }] = (await holder.query('select pg_backend_pid() as pid')).rows;
  const blocker = { pid, user: new URL(install.url).username, query: expect.stringContaining('pg_backend_pid') };
  const named = () =>
    vi.waitFor(async () =>
      expect(await session.longestWait(0)).toEqual({ since: expect.any(Number), blockedBy: [blocker] }),
    );
  const until = new AbortController();
  const read = Promise.allSettled([session.primary.read(COUNT, until.signal)]);
  await named();
  expect(await session.longestWait(60_000)).toBeUndefined();
  until.abort();
  await read;
  const write = Promise.allSettled([
    session.writer.trial(async ({ write }) => {
      await write(sql`lock table migration.discovery_flows in row exclusive mode`);
    }),
  ]);
  await named();
  await session.close();
  await write;
});

test('where no connection comes to be it is said what was tried, and never the password', async () => {
  const url = new URL(install.url);
  Object.assign(url, { port: '1', username: 'somebody', password: 'secret', pathname: '/nowhere' });
  const refused = openSession(settingsFrom({ FLOWMEND_DATABASE_URL: url.href }));
  await expect(refused).rejects.toMatchObject({
    code: 'no-connection',
    next: expect.stringContaining(`Tried: user somebody, database nowhere, ${url.hostname}:1.`),
  });
  await expect(refused).rejects.not.toMatchObject({ next: expect.stringContaining('secret') });
});
