import { afterEach, beforeEach, expect, test } from 'vitest';
import { locate } from '../../shared/diagnose/locate/locate.ts';
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

test('inside JSON in capitals and without hyphens too, and nothing that is only like it', async () => {
  const bare = flowId.replaceAll('-', '');
  const spelled = [flowId, flowId.toUpperCase(), bare, bare.toUpperCase(), bare.slice(1), flowId.slice(0, -1)];
  await install.query(
    `create table migration.spelled as select jsonb_build_object('flow', id) as ids from unnest($1::text[]) id`,
    [spelled],
  );
  const found = await locate(await install.session(), flowId, { json: true });
  await install.query('drop table migration.spelled');
  expect(places(found)).toContain('migration.spelled.ids 4 inside');
});

test('of a partitioned table the rows of its partitions are estimated once', async () => {
  await install.query(`
    create table migration.parted (at jsonb, day date) partition by range (day);
    create table migration.parted_1 partition of migration.parted for values from ('2026-01-01') to ('2026-02-01');
    create table migration.parted_2 partition of migration.parted for values from ('2026-02-01') to ('2026-03-01');
    insert into migration.parted select '{}', day from generate_series(date '2026-01-02', date '2026-02-20', interval '1 day') day;
    analyze migration.parted`);
  const { cutShort } = await locate(await install.session(), flowId, { json: true, mostJsonRows: 10 });
  expect(cutShort).toEqual([{ table: 'migration.parted', lookedAt: 10, estimate: 50 }]);
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

/** How PostgreSQL would search for the flow. */
async function planOfSearch(): Promise<string> {
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
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

test('an indexed column is compared as what it is: its index answers', async () => {
  await install.query(`insert into migration.discovery_flows (flow_id, client_account_id, engagement_id, user_id, flow_name)
    select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'x', 'x' from generate_series(1, 5000)`);
  await install.query('analyze migration.discovery_flows');
  const plan = await planOfSearch();
  expect(plan).toMatch(/Index (Only )?Scan (using|on) discovery_flows_flow_id_key/);
});

test('domains and arrays of every depth are compared as what they store; what cannot be compared is told', async () => {
  await install.query(`
    create domain migration.key_1 as uuid;
    create domain migration.key_2 as migration.key_1 check (value is not null);
    create domain migration.word as varchar(40) check (value like 'flow-%');
    create domain migration.short as varchar(20);
    create domain migration.keys as uuid[];
    create domain migration.documents as jsonb;
    create type migration.pair as (flow_id uuid, note text);
    create table migration.shapes (
      loose varchar[], bounded varchar(36)[], padded char(36)[], system name, systems name[],
      deep migration.key_2, many migration.keys, keys migration.key_2[], words migration.word[],
      tiny varchar(10)[], short migration.short[],
      pair migration.pair, pairs migration.pair[], nested migration.keys[], markup xml,
      documents jsonb[], document migration.documents, more migration.documents[]
    )`);
  await install.query(
    `insert into migration.shapes (loose, bounded, padded, system, systems, deep, many, keys, pair, pairs, nested, documents, document, more)
     values (array[$1], array['x', $1], array[$1], $1, array[$1::name], $1::uuid, array[$1::uuid],
       array[$1::uuid]::migration.key_2[], row($1::uuid, '')::migration.pair, array[row($1::uuid, '')::migration.pair],
       array[array[$1::uuid]::migration.keys], array[json_build_object('flow', $1::text)::jsonb],
       json_build_object('flow', $1::text)::jsonb, array[json_build_object('flow', $1::text)::jsonb]::migration.documents[])`,
    [flowId],
  );
  const session = await install.session();
  const of = (found: Awaited<ReturnType<typeof locate>>) =>
    places(found).filter((place) => place.startsWith('migration.shapes.'));
  const found = await locate(session, flowId);
  const compared = [
    'migration.shapes.bounded 1 element',
    'migration.shapes.deep 1 equal',
    'migration.shapes.keys 1 element',
    'migration.shapes.loose 1 element',
    'migration.shapes.many 1 element',
    'migration.shapes.padded 1 element',
    'migration.shapes.system 1 equal',
    'migration.shapes.systems 1 element',
  ];
  expect(of(found).sort()).toEqual(compared);
  expect(found.unread).toEqual([
    {
      table: 'migration.shapes (pair, pairs, nested, markup)',
      why: 'nothing of type migration.pair, migration.pair[], migration.keys[], xml is compared with an id',
    },
  ]);
  expect(of(await locate(session, flowId, { json: true })).sort()).toEqual(
    [
      ...compared,
      'migration.shapes.documents 1 inside',
      'migration.shapes.document 1 inside',
      'migration.shapes.more 1 inside',
    ].sort(),
  );
});

test('the index of an array of words answers', async () => {
  await install.query(`
    create table migration.tagged (flows varchar(64)[]);
    insert into migration.tagged select array['flow ' || n] from generate_series(1, 20000) n;
    create index tagged_flows on migration.tagged using gin (flows);
    analyze migration.tagged`);
  expect(await planOfSearch()).toContain('Bitmap Index Scan on tagged_flows');
});

test('a bound of so many rows is that many, and a hit beyond it is none', async () => {
  await install.query(`create table migration.log (place jsonb);
    insert into migration.log values ('{}'), (jsonb_build_object('flow', '${flowId}'))`);
  const session = await install.session();
  const look = async (mostJsonRows: number) => {
    const found = await locate(session, flowId, { json: true, mostJsonRows });
    const cut = found.cutShort.find(({ table }) => table === 'migration.log');
    return [cut?.lookedAt, places(found).includes('migration.log.place 1 inside')];
  };
  expect([await look(1), await look(2)]).toEqual([
    [1, false],
    [undefined, true],
  ]);
});
