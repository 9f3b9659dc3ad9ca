import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planState } from '../../shared/repair/check/plan-state.ts';
import { journalPlace, latestReceipt, receipts } from '../../shared/repair/journal/journal-place.ts';
import { makeJournal } from '../../shared/repair/journal/make-journal.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { journalNotice } from '../../shared/report/text/journal-text.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { documentedGrants, repairRole } from '../support/roles.ts';

/** A journal that somebody else owns, wrote or prepared is neither read nor written, and runs nothing of theirs. */
const agreed = { createJournal: true };
let install: Install;
let session: WriteSession;
let ids: string[];
/** A role that nobody trusts, dropped with what it owns. */
let stranger: string;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = Array.from({ length: 3 }, () => broken(variant));
    ids = flows.map((one) => one.flowId);
    return flows;
  });
  session = await install.session();
  stranger = `stranger_${randomUUID().slice(0, 8)}`;
  await install.query(`create role ${stranger} login password 'change me'`);
});
afterEach(() => install.close());

const code = async (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (thrown) => (thrown as { code: string; message: string }).code,
  );

/** Everything that reads or writes the journal refuses it for this reason, and no row of a flow changes. */
async function refusedFor(reason: string): Promise<void> {
  const [flowId = '', ...others] = ids;
  const before = await install.everyRow();
  const plan = await planOf(session, flowId);
  await expect(apply(session, plan, agreed)).rejects.toMatchObject({
    code: 'journal-untrusted',
    message: expect.stringContaining(reason),
    next: expect.stringContaining('docs/rights.md'),
  });
  const many = await planMany(session, others);
  expect(await code(applyMany(session, many, agreed))).toBe('journal-untrusted');
  expect(await code(receipts(session, { limit: 9 }))).toBe('journal-untrusted');
  expect(await code(latestReceipt(session, flowId))).toBe('journal-untrusted');
  expect(await code(planState(session, plan))).toBe('journal-untrusted');
  expect(await install.everyRow()).toEqual(before);
}

test('a journal that a stranger made, with a trigger that would run as a superuser: nothing of it is run', async () => {
  await makeJournal(session.writer);
  const [table] = await install.query(`
    select string_agg(attname || ' ' || format_type(atttypid, null), ', ' order by attnum) as columns
    from pg_attribute where attrelid = 'flowmend.journal'::regclass and attnum > 0`);
  await install.query(
    `drop schema flowmend cascade; grant create on database ${new URL(install.url).pathname.slice(1)} to ${stranger}`,
  );
  await install.query(`
    set local role ${stranger};
    create schema flowmend;
    create table flowmend.journal (${table?.columns});
    create function flowmend.take() returns trigger language plpgsql as
      $$ begin execute 'alter role ${stranger} createrole'; return new; end $$;
    create trigger take before insert on flowmend.journal for each statement execute function flowmend.take();
    grant usage on schema flowmend to public; grant select, insert on flowmend.journal to public`);
  await refusedFor(`its table belongs to ${stranger}`);
  expect(await install.query(`select rolcreaterole from pg_roles where rolname = '${stranger}'`)).toEqual([
    { rolcreaterole: false },
  ]);
});

describe('a journal of ours is refused, too', () => {
  beforeEach(async () => {
    await makeJournal(session.writer);
    await install.query(`
      create function public.ours(text) returns text language sql immutable as $$ select $1 $$;
      create function public.act() returns trigger language plpgsql as $$ begin return new; end $$`);
  });

  test.each<[string, string, (role: string) => string]>([
    ['with a table of a stranger', 'its table belongs to', (role) => `alter table flowmend.journal owner to ${role}`],
    ['in a schema of a stranger', 'its schema belongs to', (role) => `alter schema flowmend owner to ${role}`],
    [
      'in a schema that takes tables of others',
      'its schema takes tables of',
      (role) => `grant create on schema flowmend to ${role}`,
    ],
    [
      'in a schema that takes tables of everybody',
      'tables of everybody',
      () => 'grant create on schema flowmend to public',
    ],
    [
      'with a trigger',
      'it has a trigger: t',
      () => 'create trigger t after insert on flowmend.journal execute function public.act()',
    ],
    [
      'with a rule',
      'it has a rule: r',
      () => `create rule r as on insert to flowmend.journal do also select public.ours('')`,
    ],
    ['with heirs', 'inherit', () => 'create table public.heir () inherits (flowmend.journal)'],
    [
      'with a computed column',
      'it computes a column: c',
      () => 'alter table flowmend.journal add column c int generated always as (batch + 1) stored',
    ],
    [
      'with a column of another type',
      'host character varying',
      () => 'alter table flowmend.journal alter column host type varchar(255)',
    ],
    [
      'with a default of a function that is not built in',
      'ours(text)',
      () => `alter table flowmend.journal add column more text default public.ours('')`,
    ],
    [
      'with a condition that calls one',
      'ours(text)',
      () => `alter table flowmend.journal add check (public.ours(host) <> '')`,
    ],
    ['with an index over one', 'ours(text)', () => 'create index on flowmend.journal (public.ours(host))'],
    [
      'with a policy that calls one',
      'ours(text)',
      () => `alter table flowmend.journal enable row level security;
        create policy p on flowmend.journal using (public.ours(host) <> '')`,
    ],
    ['whose receipts others may change', ': UPDATE', (role) => `grant update (reason) on flowmend.journal to ${role}`],
    ['whose receipts others may delete', ': DELETE', (role) => `grant delete on flowmend.journal to ${role}`],
    ['to which others may add triggers', ': TRIGGER', (role) => `grant trigger on flowmend.journal to ${role}`],
    ['into which everybody may write', 'everybody: INSERT', () => 'grant insert on flowmend.journal to public'],
  ])('%s', async (_name, reason, how) => {
    await install.query(how(stranger));
    await refusedFor(reason);
  });

  test('a view in its place', async () => {
    await install.query('drop table flowmend.journal; create view flowmend.journal as select 1 as id');
    await refusedFor('no ordinary table');
  });

  test('the command ends with 5 where it would have written, and with 3 where it only read', async () => {
    await install.query(`grant update on flowmend.journal to ${stranger}`);
    const environment = { FLOWMEND_DATABASE_URL: install.url };
    const ended = async (...args: string[]) => {
      const { code, stderr } = await flowmend(args, environment);
      return [code, /not to be trusted: others than its owner may change it/.test(stderr)];
    };
    expect(await ended('apply', ids[0] ?? '', '--yes')).toEqual([5, true]);
    expect(await ended('apply', '--all', '--yes')).toEqual([5, true]);
    expect(await ended('undo', randomUUID(), '--yes')).toEqual([5, true]);
    expect(await ended('journal')).toEqual([3, true]);
    expect(await ended('export', ids[0] ?? '')).toEqual([3, true]);
  });
});

test('a repair asks nothing beforehand: its transaction itself meets the trigger, before anything is written', async () => {
  await makeJournal(session.writer);
  const plan = await planOf(session, ids[0] ?? '');
  await install.query(`
    create function public.act() returns trigger language plpgsql as $$ begin return new; end $$;
    create trigger t before insert on flowmend.journal execute function public.act()`);
  expect(await code(apply(session, plan, agreed))).toBe('journal-untrusted');
});

test.each([
  ['a superuser', 'postgres'],
  ['the owner of the database', 'database'],
  ['the owner of the flow tables', 'tables'],
  ['the role that works', 'itself'],
])('a journal that belongs to %s is used', async (_name, owner) => {
  await makeJournal(session.writer);
  const url = await repairRole(install, `role_${randomUUID().slice(0, 8)}`);
  const role = new URL(url).username;
  const owners: Record<string, string> = { postgres: 'postgres', itself: role };
  const whose = owners[owner] ?? stranger;
  if (owner === 'database')
    await install.query(`alter database ${new URL(install.url).pathname.slice(1)} owner to ${stranger}`);
  if (owner === 'tables') {
    await install.query(
      `grant usage on schema migration to ${stranger}; alter table migration.discovery_flows owner to ${stranger}`,
    );
  }
  await install.query(`
    grant usage on schema flowmend to ${role}; grant select on flowmend.journal to ${role};
    grant insert (plan_hash, batch, kind, flows, reason, os_user, host, changes, undoes) on flowmend.journal to ${role};
    alter table flowmend.journal owner to ${whose}; alter schema flowmend owner to ${whose}`);
  const mender = await install.session({ FLOWMEND_DATABASE_URL: url });
  expect((await apply(mender, await planOf(mender, ids[0] ?? ''), agreed)).kind).toBe('applied');
});

test('a journal with the grants of 0.1.0 is used, and it is said which to change; with those of today nothing is said', async () => {
  await makeJournal(session.writer);
  const url = await repairRole(install, stranger.replace('stranger', 'role'));
  const role = new URL(url).username;
  await install.query(`grant usage on schema flowmend to ${role}; grant select, insert on flowmend.journal to ${role}`);
  const mender = await install.session({ FLOWMEND_DATABASE_URL: url });
  const plan = await planOf(mender, ids[0] ?? '');
  expect(journalNotice(await journalPlace(mender, plan))).toContain(`lets ${role} say in whose name`);
  expect((await apply(mender, plan, agreed)).kind).toBe('applied');
  const environment = { FLOWMEND_DATABASE_URL: url };
  expect((await flowmend(['journal'], environment)).stdout).toContain(`lets ${role} say in whose name`);
  const { advice } = JSON.parse((await flowmend(['journal', '--json'], environment)).stdout);
  expect(advice).toContain(`lets ${role} say in whose name`);
  expect((await flowmend(['apply', ids[1] ?? '', '--yes'], environment)).stdout).toContain(`lets ${role} say`);
  await install.query(await documentedGrants('Grants of 0.1.0', role, 'migration'));
  expect(journalNotice(await journalPlace(mender, plan))).toBe('');
  expect((await apply(mender, await planOf(mender, ids[2] ?? ''), agreed)).kind).toBe('applied');
});
