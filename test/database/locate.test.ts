import { afterEach, beforeEach, expect, test } from 'vitest';
import { locate } from '../../shared/diagnose/locate.ts';
import { flow } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
let flowId = '';
beforeEach(async () => {
  install = await makeInstall(
    'PostgreSQL',
    (variant) => {
      const rows = flow(variant, { master: { flow_configuration: { note: 'none' } } });
      flowId = rows.flowId;
      return [rows, flow(variant)];
    },
    { schema: 'migration', linkTarget: 'flow_id', statusCheck: true },
  );
  await install.query(`create table migration.llm_usage_logs (id serial, flow_id varchar(64))`);
  await install.query(`create table public."Odd ""Name" (a text, b jsonb, too_short varchar(10))`);
});
afterEach(() => install.close());

const places = (found: Awaited<ReturnType<typeof locate>>) =>
  found.locations.map(({ schema, table, column, rows, match }) => `${schema}.${table}.${column} ${rows} ${match}`);

test('every uuid and text column that is the id, in every schema, and no other', async () => {
  await install.query(`insert into migration.llm_usage_logs (flow_id) values ($1), ($1), ('other')`, [flowId]);
  await install.query(`insert into public."Odd ""Name" (a) values ($1)`, [flowId]);
  const found = await locate(await install.session(), flowId);
  expect(places(found).sort()).toEqual([
    'migration.crewai_flow_state_extensions.flow_id 1 equal',
    'migration.data_imports.master_flow_id 1 equal',
    'migration.discovery_flows.flow_id 1 equal',
    'migration.discovery_flows.master_flow_id 1 equal',
    'migration.llm_usage_logs.flow_id 2 equal',
    'migration.raw_import_records.master_flow_id 2 equal',
    'public.Odd "Name.a 1 equal',
  ]);
  expect(found.unread).toEqual([]);
});

test('inside JSON only when asked, with progress', async () => {
  await install.query(`insert into public."Odd ""Name" (b) values (jsonb_build_object('flow', $1::text))`, [flowId]);
  const session = await install.session();
  expect(places(await locate(session, flowId)).join()).not.toContain('inside');
  const seen: number[] = [];
  const found = await locate(session, flowId, { json: true, onProgress: (done) => seen.push(done) });
  expect(places(found)).toContain('public.Odd "Name.b 1 inside');
  expect(seen.length).toBeGreaterThan(3);
  expect(found.unread).toEqual([]);
});

test('a table that the role may not read is named', async () => {
  const role = `looker_${process.pid}`;
  await install.query(`create table migration.secret_notes (flow_id uuid)`);
  await install.query(`create role ${role} login password 'x'; grant usage on schema migration to ${role};
    grant select on all tables in schema migration to ${role}; revoke all on migration.secret_notes from ${role}`);
  const url = new URL(install.url);
  url.username = role;
  url.password = 'x';
  const found = await locate(await install.session({ FLOWMEND_DATABASE_URL: url.href }), flowId);
  expect(found.unread.map(({ table }) => table)).toEqual(['migration.secret_notes', 'public.Odd "Name']);
  expect(places(found)).toContain('migration.discovery_flows.flow_id 1 equal');
  await install.close();
  install = await makeInstall('PostgreSQL', () => []);
  await install.query(`drop role ${role}`);
});

test('an indexed column is compared as what it is: its index answers', async () => {
  await install.query(`insert into migration.discovery_flows (flow_id, client_account_id, engagement_id, user_id, flow_name)
    select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'x', 'x' from generate_series(1, 5000)`);
  await install.query('analyze migration.discovery_flows');
  const session = await install.session();
  const statements: { text: string; values: unknown[] }[] = [];
  const reader = {
    ...session.reader,
    read: (statement: Parameters<typeof session.reader.read>[0]) => {
      statements.push(statement);
      return session.reader.read(statement);
    },
  };
  await locate({ ...session, reader }, flowId);
  const search = statements.at(-1);
  const rows = await install.query(`explain ${search?.text}`, search?.values);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toMatch(/Index (Only )?Scan (using|on) discovery_flows_flow_id_key/);
});
