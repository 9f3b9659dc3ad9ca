import pg from 'pg';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openReader } from '../../shared/database/connection/open-reader.ts';
import { PipelinedQuery } from '../../shared/database/driver/pipelined-query.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { openRelay, type Relay } from '../support/relay.ts';

/** Reading as the server and the wire see it. */
let install: Install;
let relay: Relay;
/** One letter for each time that one side began to speak: what the client sends in a row is one. */
let turns = '';
let database: ReturnType<typeof settingsFrom>['database'];

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', () => []);
  relay = await openRelay(install.url, (near, far) => {
    near.on('data', (chunk) => {
      if (!turns.endsWith('q')) turns += 'q';
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (!turns.endsWith('a')) turns += 'a';
      near.write(chunk);
    });
  });
  ({ database } = settingsFrom({ FLOWMEND_DATABASE_URL: relay.url, FLOWMEND_STATEMENT_TIMEOUT_MS: '2000' }));
});
afterAll(async () => {
  await relay?.close();
  await install?.close();
});

const one = sql`select 1 as one`;

test('a read and a stream are one round trip each, their transaction included', async () => {
  const reader = openReader(database);
  await reader.read(one);
  turns = '';
  expect(await reader.read(sql`select ${'a'}::text as a, current_setting('transaction_read_only') as only`)).toEqual([
    { a: 'a', only: 'on' },
  ]);
  expect(turns).toBe('qa');
  for await (const _ of reader.stream(one)) break;
  turns = '';
  const rows = [];
  for await (const row of reader.stream(sql`select n from generate_series(1, 3) n`)) rows.push(row);
  expect([rows, turns]).toEqual([[{ n: 1 }, { n: 2 }, { n: 3 }], expect.stringMatching(/(^|a)qa$/)]);
  await reader.close();
});

test('what fails, takes too long or writes leaves a connection that the next read can use', async () => {
  const reader = openReader(database);
  const backend = () => reader.read(sql`select pg_backend_pid() as pid`);
  const [first] = await backend();
  await expect(reader.read(sql`select 1 / ${0}::int`)).rejects.toMatchObject({ code: 'database' });
  await expect(reader.read(sql`create table public.t ()`)).rejects.toMatchObject({ code: 'read-only' });
  await expect(reader.read(sql`select pg_sleep(60)`)).rejects.toMatchObject({ code: 'timed-out' });
  // Both connections of the pool at once.
  const slowly = () => reader.read(sql`select pg_backend_pid() as pid from pg_sleep(0.5)`);
  expect((await Promise.all([slowly(), slowly()])).flat()).toContainEqual(first);
  await reader.close();
});

test('many reads at once wait for a connection of the pool, however long the others take', async () => {
  const hurried = settingsFrom({ FLOWMEND_DATABASE_URL: install.url, FLOWMEND_CONNECT_TIMEOUT_MS: '1000' });
  const reader = openReader(hurried.database);
  const asked = Array.from({ length: 8 }, (_, n) => reader.read(sql`select pg_sleep(0.6), ${n}::int as n`));
  expect((await Promise.all(asked)).flat()).toMatchObject(Array.from({ length: 8 }, (_, n) => ({ n })));
  await reader.close();
});

test('where the transaction cannot begin, its statement is not run', async () => {
  const client = new pg.Client({ connectionString: install.url });
  await client.connect();
  await client.query('create table public.written ()');
  const outcome = await new Promise((resolve) => {
    const around = { before: ['begin isolation level nonsense'], after: ['commit'] };
    client.query(new PipelinedQuery(sql`insert into public.written default values`, around, resolve));
  });
  expect(outcome).toMatchObject({ code: '42601' });
  expect((await client.query('select from public.written')).rowCount).toBe(0);
  await client.end();
});

test('options that come with the connection count in each transaction', async () => {
  const url = new URL(install.url);
  url.searchParams.set('options', '-c app.tenant=a\\ b --search-path=public -cdefault_transaction_read_only=on');
  const reader = openReader(settingsFrom({ FLOWMEND_DATABASE_URL: url.href }).database);
  const settings = ['app.tenant', 'search_path', 'application_name', 'client_encoding'];
  expect(
    await reader.read(
      sql`select current_setting(name) as value from unnest(${settings}::text[]) with ordinality s(name, n) order by n`,
    ),
  ).toEqual([{ value: 'a b' }, { value: 'pg_catalog, pg_temp' }, { value: 'flowmend' }, { value: 'UTF8' }]);
  await reader.close();
  url.searchParams.set('options', '-e secret');
  const refused = settingsFrom({ FLOWMEND_DATABASE_URL: url.href });
  expect(() => openReader(refused.database)).toThrow('something that is no setting');
});

test('a database whose role is set to read only is not written, and it is said why', async () => {
  await install.query(
    `do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$`,
  );
  const session = await install.session();
  const writing = session.writer.transaction(async () => ({ ending: 'commit', value: undefined }));
  await expect(writing).rejects.toMatchObject({
    code: 'read-only',
    message: expect.stringContaining('is set to read only'),
  });
});

test('a server of a release past its end of life is refused in one sentence', async () => {
  // Its answer to the question for its release is made an older one on the way.
  const old = await openRelay(install.url, (near, far) => {
    near.pipe(far);
    far.on('data', (chunk: Buffer) => {
      near.write(Buffer.from(chunk.toString('latin1').replace(/(D.{4}\0\x01\0{3}\x02)\d\d(?=C)/s, '$114'), 'latin1'));
    });
  });
  const reader = openReader(settingsFrom({ FLOWMEND_DATABASE_URL: old.url }).database);
  await expect(reader.read(one)).rejects.toMatchObject({
    code: 'old-server',
    message: 'PostgreSQL 14 has reached its end of life and is not supported.',
  });
  await reader.close();
  await old.close();
});
