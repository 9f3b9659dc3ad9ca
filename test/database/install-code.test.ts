import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { type Locations, locate } from '../../shared/diagnose/locate/locate.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken } from '../soak/broken-flows.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { documentedRole } from '../support/roles.ts';

let install: Install;
afterEach(() => install.close());

/** Whoever calls it holds a lock until the connection ends, also in a read-only transaction. */
const SPY = `
  create function migration.spy(text) returns boolean immutable language plpgsql as
    $$ begin perform pg_advisory_lock_shared(4711); return true; end $$;
  create function migration.spy_text(text) returns text immutable language plpgsql as
    $$ begin perform migration.spy($1); return $1; end $$;`;

const CHILD = 'migration.discovery_flows';

/** An install with one broken flow, the spy, and what else is said. */
async function changed(statements: string): Promise<string> {
  let flowId = '';
  install = await makeInstall('PostgreSQL', (kind) => {
    const one = broken(kind);
    flowId = one.flowId;
    return [one];
  });
  await install.query(`${SPY} ${statements}`);
  return flowId;
}

/** Connections other than the test's own in which the spy ran. */
async function spied(): Promise<unknown> {
  const [row] = await install.query(`select count(*)::int as connections from pg_locks
    where locktype = 'advisory' and objid = 4711 and pid <> pg_backend_pid()
      and database = (select oid from pg_database where datname = current_database())`);
  return row?.connections;
}

const checked = (condition: string) => `alter table ${CHILD} add constraint ours check (${condition})`;
const enumOf = (more: string) => `
  create type migration.word as enum ('running', 'waiting_for_approval', 'paused', 'completed'); ${more}`;

describe('a CHECK that calls what is not built in is not evaluated', () => {
  test.each<[what: string, statements: string, why: RegExp]>([
    ['a function', checked('migration.spy(status)'), /calls migration\.spy\(\)/],
    [
      'a function in SQL, which is inlined',
      `create function migration.inlined(text) returns boolean immutable language sql as 'select migration.spy($1)';
       ${checked('migration.inlined(status)')}`,
      /calls migration\.inlined\(\)/,
    ],
    [
      'a function by the name of a built-in one',
      `create function migration.lower(text) returns text immutable language sql as 'select migration.spy_text($1)';
       ${checked("migration.lower(status) <> 'x'")}`,
      /calls migration\.lower\(\)/,
    ],
    [
      'an operator',
      `create operator migration.=== (function = migration.spy, rightarg = text);
       ${checked('operator(migration.===) status')}`,
      /calls migration\.spy\(\)/,
    ],
    [
      'an operator of a list',
      `create function migration.same(text, text) returns boolean immutable language sql as 'select migration.spy($1)';
       create operator migration.=== (function = migration.same, leftarg = text, rightarg = text);
       ${checked("status operator(migration.===) any (array['running', 'x'])")}`,
      /calls migration\.same\(\)/,
    ],
    [
      'a cast',
      `${enumOf(`create function migration.to_word(text) returns migration.word immutable language plpgsql as
         $$ begin perform migration.spy($1); return 'running'; end $$;
       create cast (text as migration.word) with function migration.to_word(text);`)}
       ${checked("status::text::migration.word <> 'paused'")}`,
      /calls migration\.to_word\(\)/,
    ],
    [
      'a domain in a cast',
      `create domain migration.checked as text check (migration.spy(value)); ${checked('status::migration.checked is not null')}`,
      /rests on more than plain values/,
    ],
    [
      'a domain in an array',
      `create domain migration.checked as text check (migration.spy(value));
       ${checked('array[status]::migration.checked[] is not null')}`,
      /rests on more than plain values/,
    ],
    [
      'a domain in a row',
      `create domain migration.checked as text check (migration.spy(value));
       create type migration.pair as (word migration.checked);
       ${checked('row(status::text)::migration.pair is not null')}`,
      /rests on more than plain values/,
    ],
    [
      'an extension',
      `create extension citext schema migration; ${checked("status::migration.citext <> 'x'::migration.citext")}`,
      /rests on more than plain values/,
    ],
    [
      'a row by a built-in function',
      `create domain migration.checked as text check (migration.spy(value));
       create type migration.pair as (word migration.checked);
       ${checked("jsonb_populate_record(null::migration.pair, jsonb_build_object('word', status)) is not null")}`,
      /calls jsonb_build_object\(\), jsonb_populate_record\(\)/,
    ],
    [
      'a function that looks at the session',
      checked("status <> current_setting('application_name')"),
      /calls current_setting\(\)/,
    ],
    [
      'a domain of the column',
      `create domain migration.flow_word as varchar(40) constraint ours check (migration.spy(value));
       alter table ${CHILD} alter status type migration.flow_word`,
      /calls migration\.spy\(\)/,
    ],
    [
      'a domain under the domain of the column',
      `create domain migration.inner_word as varchar(40) constraint ours check (migration.spy(value));
       create domain migration.flow_word as migration.inner_word;
       alter table ${CHILD} alter status type migration.flow_word`,
      /calls migration\.spy\(\)/,
    ],
    [
      'a view over the table',
      `${checked('migration.spy(status)')}; alter table ${CHILD} rename to stored_flows;
       create view ${CHILD} as select * from migration.stored_flows`,
      /calls migration\.spy\(\)/,
    ],
  ])('%s', async (_, statements, why) => {
    const flowId = await changed(statements);
    const session = await install.session();
    await scan(session, { reach: 'every flow' });
    planRepair(session, (await diagnose(session, flowId)).facts);
    expect(await spied()).toBe(0);
    const said = session.catalog.notices.filter((notice) => notice.startsWith('the CHECK '));
    expect(said).toEqual([expect.stringMatching(why)]);
    expect(said[0]).toMatch(/^the CHECK ours of discovery_flows\.status .*only the preview tells what it refuses$/);
    expect(session.catalog.childStatuses).toContain('waiting_for_approval');
  });

  test('the preview meets it', async () => {
    const flowId = await changed(`
      create function migration.known(text) returns boolean immutable language plpgsql as
        $$ begin return $1 <> 'waiting_for_approval'; end $$;
      ${checked('migration.known(status)')}`);
    const session = await install.session();
    const run = await preview(session, planRepair(session, (await diagnose(session, flowId)).facts));
    expect(run).toMatchObject({
      kind: 'not verified',
      problems: [expect.stringMatching(/check constraint "ours"; it demands migration\.known/)],
    });
  });
});

test.each([
  ["lower(status) <> 'waiting_for_approval'"],
  ["status ~ '^(running|paused|initialized)$'"],
  ["status in ('running', 'paused')"],
  ["status not like 'waiting%' and length(status) < 30"],
  ["status || '!' <> 'waiting_for_approval!'"],
  ["coalesce(nullif(status, 'waiting_for_approval'), '') <> ''"],
  ["case status when 'waiting_for_approval' then false else true end"],
  ["status is distinct from 'waiting_for_approval' and greatest(status, 'a') is not null"],
  ["(array['running', 'paused'])[1] <> 'x' and status = any (array['running', 'paused']::varchar[])"],
  [`status collate "C" < 'w'`],
])('a CHECK of built-in functions is evaluated: %s', async (condition) => {
  await changed(checked(condition));
  const { catalog } = await install.session();
  expect(catalog.notices.filter((notice) => notice.startsWith('the CHECK '))).toEqual([]);
  expect(catalog.childStatuses).not.toContain('waiting_for_approval');
  expect(catalog.childStatuses).toContain('running');
});

describe('a column is not read where that runs code', () => {
  const castOf = (table: string, column: string) => `
    create type migration.shown as enum ('running', 'x');
    alter table migration.${table} alter ${column} drop default, alter ${column} type migration.shown using 'running';
    create function migration.shown_as(migration.shown) returns text immutable language plpgsql as
      $$ begin perform migration.spy(''); return 'running'; end $$;
    create cast (migration.shown as text) with function migration.shown_as(migration.shown) as assignment;`;

  test('of a type with a cast of its own: an optional one is left out, and said', async () => {
    const flowId = await changed(castOf('discovery_flows', 'flow_name'));
    const session = await install.session();
    expect(session.catalog.notices).toContain(
      'to read discovery_flows.flow_name would run code of this install (migration.shown_as()): it is not read',
    );
    await scan(session, { reach: 'every flow' });
    await diagnose(session, flowId);
    expect(await spied()).toBe(0);
  });

  test('one that is needed: nothing is judged', async () => {
    await changed(castOf('crewai_flow_state_extensions', 'flow_status'));
    await expect(install.session()).rejects.toMatchObject({
      code: 'wrong-schema',
      message:
        'to read migration.crewai_flow_state_extensions.flow_status would run code of this install (migration.shown_as()): it is not read.',
    });
    expect(await spied()).toBe(0);
  });

  test('an enum without such a cast is read', async () => {
    await changed(`create type migration.shown as enum ('running', 'x');
      alter table ${CHILD} alter flow_name type migration.shown using 'running'`);
    expect((await install.session()).catalog.child.absent).toEqual([]);
  });
});

/** PostgreSQL 18 takes no function of an install into such a column yet: its catalog is told otherwise. */
const COMPUTED = (table: string, column: string, type: string, by: string) => `
  alter table migration.${table} drop column if exists ${column};
  alter table migration.${table} add column ${column} ${type} generated always as (${by}) stored;
  set local allow_system_table_mods = on;
  update pg_attribute set attgenerated = 'v' where attrelid = 'migration.${table}'::regclass and attname = '${column}';
  set local allow_system_table_mods = off`;

test('a column that is worked out at each reading by a function of the install is left out, and said', async () => {
  const flowId = await changed(COMPUTED('discovery_flows', 'error_message', 'text', `migration.spy_text('')`));
  const session = await install.session();
  expect(session.catalog.notices).toContain(
    'to read discovery_flows.error_message would run code of this install (migration.spy_text()): it is not read',
  );
  await scan(session, { reach: 'every flow' });
  await diagnose(session, flowId);
  await locate(session, flowId);
  expect(await spied()).toBe(0);
});

test('the same of flows of another kind, which may have the masters of these', async () => {
  await changed(`create table migration.stored_others (flow_id uuid, master_flow_id uuid);
    create view migration.assessment_flows as select * from migration.stored_others where migration.spy(flow_id::text)`);
  expect((await install.session()).catalog.notices).toContain(
    'reading assessment_flows runs migration.spy(), by the query of a view or by policies: that cannot be left out',
  );
});

test.each([
  ['migration.spy(status)', 'migration.spy()'],
  ["query_to_xml('select migration.spy(null)', true, true, '') is not null", 'query_to_xml()'],
])('what a view runs that holds the flows is said: %s', async (condition, code) => {
  await changed(`alter table ${CHILD} rename to stored_flows;
    create view migration.inner_flows as select * from migration.stored_flows "a:funcid" where ${condition};
    create view ${CHILD} as select * from migration.inner_flows`);
  const session = await install.session();
  expect(session.catalog.notices).toContain(
    `reading discovery_flows runs ${code}, by the query of a view or by policies: that cannot be left out`,
  );
});

test('what reading does not run is not said', async () => {
  await changed(`alter table ${CHILD} add column spied boolean generated always as (migration.spy('')) stored,
    alter user_id set default migration.spy_text('');
    create index on ${CHILD} (migration.spy_text(status));
    alter table ${CHILD} enable row level security;
    create policy mine on ${CHILD} using (migration.spy(status));
    create view migration.others as select migration.spy(status) from ${CHILD}`);
  const session = await install.session();
  expect(session.catalog.notices).toEqual([]);
  await scan(session, { reach: 'every flow' });
  expect(await spied()).toBe(0);
});

describe('locate leaves out, and names', () => {
  const looked = (found: Locations, table: string) => found.locations.some((one) => one.table === table);

  /** Located by the role that reads, which is under the policies; tables hold the flow's id. */
  async function locatedByReader(statements: (flowId: string) => string): Promise<Locations> {
    const flowId = await changed('');
    await install.query(statements(flowId));
    const role = `looker_${randomUUID().slice(0, 8)}`;
    const url = await documentedRole(install, 'The role that reads', role);
    await install.query(`grant select on all tables in schema migration to ${role}`);
    const found = await locate(await install.session({ FLOWMEND_DATABASE_URL: url }), flowId);
    expect(await spied()).toBe(0);
    await install.query(`drop owned by ${role}; drop role ${role}`);
    return found;
  }

  const bait = (flowId: string, name = 'bait') =>
    `create table migration.${name} (flow_id uuid); insert into migration.${name} values ('${flowId}');`;
  const policy = (condition: string) => `alter table migration.bait enable row level security;
    create policy looking on migration.bait using (${condition});`;

  test.each<[what: string, statements: string, code: string]>([
    ['a policy', policy(`migration.spy('')`), 'migration.spy()'],
    [
      'a policy by a view of a view',
      `create view migration.deep as select 1 as one where migration.spy('');
       create view migration.shallow as select one from migration.deep;
       ${policy('exists (select from migration.shallow)')}`,
      'migration.spy()',
    ],
    [
      "a policy by another table's policy",
      `create table migration.members (n int); alter table migration.members enable row level security;
       create policy looking on migration.members using (migration.spy(n::text));
       ${policy('exists (select from migration.members)')}`,
      'migration.spy()',
    ],
    [
      'a policy by the CHECK of a domain',
      `create domain migration.checked as text check (migration.spy(value)); ${policy(`'x'::text::migration.checked is not null`)}`,
      'migration.spy()',
    ],
    [
      'a policy by the CHECK of a domain in a row',
      `create domain migration.inner_checked as text check (migration.spy(value));
       create domain migration.checked as migration.inner_checked;
       create type migration.pair as (word migration.checked[]);
       ${policy(`jsonb_populate_record(null::migration.pair, '{"word": ["x"]}') is not null`)}`,
      'migration.spy()',
    ],
    [
      'a policy that runs a text',
      policy(`query_to_xml('select migration.spy(null)', true, true, '') is not null`),
      'query_to_xml()',
    ],
    [
      'a policy with an order of its own',
      `create function migration.before(text, text) returns boolean immutable language sql as 'select migration.spy($1)';
       create operator migration.<< (function = migration.before, leftarg = text, rightarg = text);
       ${policy(`(select 'x'::text operator(migration.<<) 'y')`)}`,
      'migration.before()',
    ],
  ])('%s', async (_, statements, code) => {
    const found = await locatedByReader((flowId) => bait(flowId) + statements);
    expect(found.unread).toEqual([{ table: 'migration.bait', why: `reading it would run ${code}` }]);
    expect(looked(found, 'bait')).toBe(false);
    expect(looked(found, 'discovery_flows')).toBe(true);
  });

  test('not a policy of built-in functions, nor one that is for another role or for writing', async () => {
    const found = await locatedByReader(
      (flowId) => `${bait(flowId)} ${policy(`lower(current_setting('application_name')) = 'flowmend'`)}
        create policy writing on migration.bait for update using (migration.spy(''));
        ${bait(flowId, 'other')} alter table migration.other enable row level security;
        create policy alone on migration.other to pg_monitor using (migration.spy(''));`,
    );
    expect(found.unread).toEqual([]);
    expect(looked(found, 'bait')).toBe(true);
  });

  test('a column that is worked out by a function', async () => {
    const flowId = await changed('');
    await install.query(`${bait(flowId)} ${COMPUTED('bait', 'other_id', 'text', `migration.spy_text('')`)}`);
    const found = await locate(await install.session(), flowId);
    expect(found.unread).toEqual([
      { table: 'migration.bait (other_id)', why: 'reading it would run migration.spy_text()' },
    ]);
    expect(looked(found, 'bait')).toBe(true);
    expect(await spied()).toBe(0);
  });

  test('a view that holds the flows', async () => {
    const flowId = await changed(`alter table ${CHILD} rename to stored_flows;
      create view ${CHILD} as select * from migration.stored_flows where migration.spy(status)`);
    const found = await locate(await install.session(), flowId);
    expect(found.unread).toEqual([{ table: CHILD, why: 'reading it would run migration.spy()' }]);
    expect(looked(found, 'stored_flows')).toBe(true);
  });

  test('a table that is the output of a program, also as a part', async () => {
    const flowId = await changed(`create extension file_fdw schema public;
      create server here foreign data wrapper file_fdw;
      create foreign table migration.ran (flow_id uuid) server here options (program 'echo');
      create table migration.parted (flow_id uuid, n int) partition by list (n);
      create foreign table migration.part partition of migration.parted for values in (1)
        server here options (format 'csv', program 'echo')`);
    const found = await locate(await install.session(), flowId);
    expect(found.unread).toEqual(
      ['migration.parted', 'migration.ran'].map((table) => ({
        table,
        why: 'reading it would run a program on the server',
      })),
    );
  });
});

test.each<[what: string, statements: string, rule: string]>([
  ['DO ALSO', `create rule noted as on update to ${CHILD} do also select 1`, 'noted'],
  ['DO ALSO NOTHING', `create rule noted as on update to ${CHILD} do also nothing`, 'noted'],
  ['DO INSTEAD', `create rule noted as on update to ${CHILD} do instead nothing`, 'noted'],
  [
    'DO INSTEAD where a condition holds',
    `create rule noted as on update to ${CHILD} where old.status = 'x' do instead nothing`,
    'noted',
  ],
  [
    'behind a view',
    `alter table ${CHILD} rename to stored_flows;
     create rule noted as on update to migration.stored_flows do also select 1;
     create view ${CHILD} as select * from migration.stored_flows`,
    'noted',
  ],
])('a rule on UPDATE is found before anything is planned: %s', async (_, statements, rule) => {
  const flowId = await changed(statements);
  const session: WriteSession = await install.session();
  const plan = planRepair(session, (await diagnose(session, flowId)).facts);
  expect(plan.steps.filter(({ record, writes }) => record === 'child' && writes.length > 0)).toEqual([]);
  const left = plan.leftOut.filter(({ reason }) => reason === 'schema');
  expect(left.map(({ why }) => why)).toContain(
    `the rule ${rule} (CREATE RULE) on UPDATE of discovery_flows acts on every write; PostgreSQL lets no repair through it`,
  );
  if (plan.steps.length > 0) expect((await preview(session, plan)).kind).toBe('ran');
});
