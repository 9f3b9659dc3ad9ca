import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Locations, locate } from '../../shared/diagnose/locate/locate.ts';
import { locationsText } from '../../shared/report/text/locations-text.ts';
import { plain } from '../../shared/words/tone.ts';
import { flow } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

// The size of a real install, with everything in it that a search can stumble over.
const ROLE = `searcher_${process.pid}`;
const TABLES = 60;
let install: Install;
let asRole: Record<string, string>;
let flowId = '';

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const rows = flow(variant);
    flowId = rows.flowId;
    return [rows];
  });
  const types = ['uuid', 'varchar(64)', 'text', 'char(36)', 'json', 'jsonb'];
  for (let number = 0; number < TABLES; number++) {
    const type = types[number % types.length] ?? '';
    const value = type.startsWith('json') ? `json_build_object('flow', '${flowId}')::${type}` : `'${flowId}'::${type}`;
    await install.query(`create table migration.table_${number} (id serial, at ${type}, other uuid, note jsonb);
      insert into migration.table_${number} (at) values (${value}), (null)`);
  }
  await install.query(`
    create table migration.parted (flow_id uuid, day date) partition by range (day);
    create table migration.parted_1 partition of migration.parted for values from ('2026-01-01') to ('2026-02-01');
    create table migration.parted_2 partition of migration.parted for values from ('2026-02-01') to ('2026-03-01');
    insert into migration.parted values ('${flowId}', '2026-01-05'), ('${flowId}', '2026-02-05');

    create table migration.generated (given text, made text generated always as (lower(given)) stored);
    insert into migration.generated values (upper('${flowId}'));

    create domain migration.flow_key as uuid;
    create table migration.arrays (many uuid[], words text[], one migration.flow_key);
    insert into migration.arrays values (array['${flowId}']::uuid[], array['x', '${flowId}'], '${flowId}');

    create view migration.a_view as select * from migration.table_0;
    create materialized view migration.a_picture as select at from migration.table_0;

    create extension postgres_fdw schema public;
    create server nowhere foreign data wrapper postgres_fdw options (host '127.0.0.1', port '1', dbname 'none');
    create user mapping for public server nowhere options (user 'nobody', password 'nothing');
    create foreign table migration.far_away (flow_id uuid) server nowhere;

    create table migration.secret_notes (flow_id uuid, note jsonb);
    create table migration.half_open (flow_id uuid, secret_id uuid);
    insert into migration.half_open values ('${flowId}', '${flowId}');

    create table migration.long_log (entry jsonb);
    insert into migration.long_log select jsonb_build_object('n', n) from generate_series(1, 500) n;
    insert into migration.long_log values (jsonb_build_object('flow', '${flowId}'));
    analyze migration.long_log;

    create role ${ROLE} login password 'x';
    grant usage on schema migration to ${ROLE};
    grant usage on foreign server nowhere to ${ROLE};
    grant select on all tables in schema migration to ${ROLE};
    revoke all on migration.secret_notes, migration.half_open from ${ROLE};
    grant select (flow_id) on migration.half_open to ${ROLE}`);
  const url = new URL(install.url);
  url.username = ROLE;
  url.password = 'x';
  asRole = { FLOWMEND_DATABASE_URL: url.href };
});
afterAll(async () => {
  await install.query(`drop owned by ${ROLE}; drop role ${ROLE}`);
  await install.close();
});

const places = ({ locations }: Locations) =>
  locations.map(({ table, column, rows, match }) => `${table}.${column} ${rows} ${match}`);
const numbers = Array.from({ length: TABLES }, (_, number) => number);

test('every typed column that holds the id, and what could not be looked into', async () => {
  const found = await locate(await install.session(asRole), flowId);
  const typed = numbers.filter((number) => number % 6 < 4).map((number) => `table_${number}.at 1 equal`);
  expect(places(found).sort()).toEqual(
    [
      ...typed,
      'a_picture.at 1 equal',
      'arrays.many 1 element',
      'arrays.one 1 equal',
      'arrays.words 1 element',
      'crewai_flow_state_extensions.flow_id 1 equal',
      'discovery_flows.flow_id 1 equal',
      'discovery_flows.master_flow_id 1 equal',
      'generated.made 1 equal',
      'half_open.flow_id 1 equal',
      'parted.flow_id 2 equal',
    ].sort(),
  );
  expect(found.tables).toBeGreaterThan(TABLES);
  expect(found.unread).toEqual([
    { table: 'migration.half_open (secret_id)', why: 'the database role may not read it' },
    { table: 'migration.secret_notes', why: 'the database role may not read it' },
    { table: 'migration.far_away', why: expect.stringContaining('could not connect to server "nowhere"') },
  ]);
  expect(found.notices).toEqual(['1 view was not looked into: they show rows of tables']);
  expect(plain(locationsText(found))).toContain(` tables, not inside JSON, in ${found.database}`);
});

test('inside JSON on demand, with progress; a table too long is looked into in part, and that is said', async () => {
  const seen: [number, number][] = [];
  const found = await locate(await install.session(asRole), flowId, {
    json: true,
    mostJsonRows: 100,
    onProgress: (done, all) => seen.push([done, all]),
  });
  const inside = places(found).filter((place) => place.endsWith('inside'));
  expect(inside.sort()).toEqual(
    numbers
      .filter((number) => number % 6 >= 4)
      .map((number) => `table_${number}.at 1 inside`)
      .sort(),
  );
  // From before the first table, so that a long one does not look like nothing happening.
  expect(seen.map(([done]) => done)).toEqual(seen.map((_, index) => index));
  expect(seen.at(-1)).toEqual([seen.length - 1, seen.length - 1]);
  expect(found.cutShort).toEqual([{ table: 'migration.long_log', lookedAt: 100, estimate: 501 }]);
  const text = plain(locationsText(found));
  expect(text).toContain('only in part: migration.long_log JSON of the first 100 rows of about 501');
  expect(text).toContain(`and inside their JSON, in ${found.database}`);
  expect(text).toContain('not looked into: migration.secret_notes the database role may not read it');
  const whole = await locate(await install.session(asRole), flowId, { json: true });
  expect(places(whole)).toContain('long_log.entry 1 inside');
  expect(whole.cutShort).toEqual([]);
});

test('one table that fails does not hide the others', async () => {
  await install.query(`
    create table migration.trapped (flow_id uuid);
    insert into migration.trapped values ('${flowId}');
    alter table migration.trapped enable row level security;
    create policy trap on migration.trapped using (current_setting('migration.no_luck') = '');
    grant select on migration.trapped to ${ROLE}`);
  const found = await locate(await install.session(asRole), flowId);
  expect(found.unread).toContainEqual({ table: 'migration.trapped', why: expect.stringContaining('no_luck') });
  expect(places(found)).toContain('discovery_flows.flow_id 1 equal');
  expect(found.notices).toContainEqual(expect.stringContaining('row level security is on for migration.trapped'));
});
