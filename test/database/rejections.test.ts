import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { InstallVariant } from '../../shared/demo/install-schema.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { openSession, type WriteSession, writable } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { broken } from '../soak/broken-flows.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { documentedRole } from '../support/roles.ts';

let install: Install;
afterEach(() => install.close());

/** An install with one broken flow whose schema was changed before anyone connected. */
async function changed(
  statements: string,
  variant?: InstallVariant,
): Promise<{ session: WriteSession; flowId: string }> {
  let flowId = '';
  install = await makeInstall(
    'PostgreSQL',
    (kind) => {
      const one = broken(kind);
      flowId = one.flowId;
      return [one];
    },
    variant,
  );
  if (statements) await install.query(statements);
  return { session: await install.session(), flowId };
}

const CHILD = 'migration.discovery_flows';

test.each<[what: string, statements: string, rule: string, says: RegExp]>([
  [
    'a CHECK on the status: named, with the accepted word that means the same',
    `alter table ${CHILD} add constraint known_status check (status <> 'waiting_for_approval')`,
    'child-status-should-wait',
    /does not take "waiting_for_approval": the CHECK known_status refuses it; paused would fit/,
  ],
  [
    'a CHECK on another column',
    `alter table ${CHILD} add constraint small_progress check (progress_percentage <= 10)`,
    'progress-out-of-step',
    /discovery_flows\.progress_percentage does not take "16\.7": the CHECK small_progress refuses it; of the words of the platform it takes 0/,
  ],
  [
    'a length',
    `alter table ${CHILD} alter column status type varchar(15)`,
    'child-status-should-wait',
    /its length of at most 15 refuses it; paused would fit/,
  ],
  [
    'an enum type',
    `create type migration.flow_status as enum ('running', 'paused', 'completed');
     alter table ${CHILD} alter column status drop default;
     alter table ${CHILD} alter column status type migration.flow_status using status::migration.flow_status`,
    'child-status-should-wait',
    /its enum type refuses it; paused would fit/,
  ],
  [
    'a CHECK over an enum',
    `create type migration.flow_status as enum ('running', 'waiting_for_approval', 'paused', 'completed');
     alter table ${CHILD} alter column status drop default;
     alter table ${CHILD} alter column status type migration.flow_status using status::migration.flow_status;
     alter table ${CHILD} add constraint no_waiting check (status <> 'waiting_for_approval'::migration.flow_status)`,
    'child-status-should-wait',
    /the CHECK no_waiting refuses it; paused would fit/,
  ],
  [
    'a CHECK of a domain',
    `create domain migration.flow_word as text constraint known_word check (value in ('running', 'paused', 'completed'));
     alter table ${CHILD} alter column status type migration.flow_word`,
    'child-status-should-wait',
    /does not take "waiting_for_approval": the CHECK known_word of its domain refuses it; paused would fit/,
  ],
  [
    'a CHECK of a domain under a domain',
    `create domain migration.flow_word as varchar(40) constraint known_word check (value not like 'waiting%');
     create domain migration.flow_status as migration.flow_word constraint no_x check (value not like 'x%');
     alter table ${CHILD} alter column status type migration.flow_status`,
    'child-status-should-wait',
    /the CHECK known_word of its domain refuses it; paused would fit/,
  ],
  [
    'the length of a domain under a domain',
    `create domain migration.flow_word as varchar(15);
     create domain migration.flow_status as migration.flow_word;
     alter table ${CHILD} alter column status type migration.flow_status`,
    'child-status-should-wait',
    /its length of at most 15 refuses it; paused would fit/,
  ],
  [
    'a CHECK of a domain over an enum',
    `create type migration.flow_label as enum ('running', 'waiting_for_approval', 'paused', 'completed');
     create domain migration.flow_status as migration.flow_label constraint no_waiting
       check (value <> 'waiting_for_approval'::migration.flow_label);
     alter table ${CHILD} alter column status drop default;
     alter table ${CHILD} alter column status type migration.flow_status using status::migration.flow_label`,
    'child-status-should-wait',
    /the CHECK no_waiting of its domain refuses it; paused would fit/,
  ],
  [
    'a foreign key to the words that the install knows',
    `create table migration.flow_words (word varchar(40) primary key);
     insert into migration.flow_words values ('running'), ('paused'), ('completed');
     alter table ${CHILD} add constraint known_word foreign key (status) references migration.flow_words`,
    'child-status-should-wait',
    /the foreign key known_word refuses it; paused would fit/,
  ],
  [
    'a generated column',
    `alter table ${CHILD} drop column progress_percentage;
     alter table ${CHILD} add column progress_percentage float8 generated always as (case when status = 'running' then 0 else 0 end) stored`,
    'progress-out-of-step',
    /progress_percentage is computed by the database/,
  ],
  [
    'two foreign keys that ask for different keys of the master',
    `alter table migration.raw_import_records add constraint raw_link foreign key (master_flow_id)
       references migration.crewai_flow_state_extensions (flow_id)`,
    'import-unlinked',
    /foreign key raw_link of raw_import_records\.master_flow_id points to crewai_flow_state_extensions\.flow_id, .*; [0-9a-f-]{36} would fit/,
  ],
  [
    'a view that cannot be written through',
    `alter table migration.crewai_flow_state_extensions rename to masters;
     create view migration.crewai_flow_state_extensions as select distinct on (id) * from migration.masters`,
    'master-status-out-of-step',
    /crewai_flow_state_extensions is a view that PostgreSQL can neither lock nor write through/,
  ],
])('while planning: %s', async (_, statements, rule, says) => {
  const { session, flowId } = await changed(statements);
  const plan = planRepair(session, (await diagnose(session, flowId)).facts);
  const left = plan.leftOut.find((one) => one.rule === rule);
  expect(left).toMatchObject({ reason: 'schema', why: expect.stringMatching(says) });
  expect(plan.mends.some((one) => one.rule === rule)).toBe(false);
});

test.each<[what: string, statements: string, says: RegExp]>([
  [
    'a CHECK over several columns, with what it demands',
    `alter table ${CHILD} add constraint waits_with_phase
       check (status <> 'waiting_for_approval' or current_phase = 'attribute_mapping') not valid`,
    /check constraint "waits_with_phase"; it demands .*attribute_mapping/,
  ],
  [
    'a trigger that says no',
    `create function migration.no() returns trigger language plpgsql as
       $$ begin raise exception 'not on a Sunday'; end $$;
     create trigger no before update on ${CHILD} for each row execute function migration.no()`,
    /the database refuses it: not on a Sunday/,
  ],
  [
    'a trigger that says no by a state of its own',
    `create function migration.no() returns trigger language plpgsql as
       $$ begin raise exception 'frozen by compliance' using errcode = 'UE001'; end $$;
     create trigger no before update on ${CHILD} for each row execute function migration.no()`,
    /the database refuses it: frozen by compliance/,
  ],
])('in the preview: %s', async (_, statements, says) => {
  const { session, flowId } = await changed(statements);
  const before = await install.everyRow();
  const run = await preview(session, planRepair(session, (await diagnose(session, flowId)).facts));
  expect(run).toMatchObject({ kind: 'not verified', problems: [expect.stringMatching(says)] });
  expect(await install.everyRow()).toEqual(before);
});

const MASTER = 'migration.crewai_flow_state_extensions';

test.each([
  [
    'domains',
    `create domain migration.flow_word as text constraint known_word check (value in ('running', 'completed'));
     create domain migration.master_word as text check (value in ('initialized', 'running', 'completed'));
     alter table ${CHILD} alter column status type migration.flow_word;
     alter table ${MASTER} alter column flow_status type migration.master_word`,
  ],
  [
    'foreign keys',
    `create table migration.words (word text primary key);
     insert into migration.words values ('initialized'), ('running'), ('completed');
     alter table ${CHILD} add constraint known_word foreign key (status) references migration.words;
     alter table ${MASTER} add foreign key (flow_status) references migration.words`,
  ],
])('what %s refuse is left out and keeps nothing else from being mended', async (_, statements) => {
  const { session, flowId } = await changed(statements);
  expect([...session.catalog.masterStatuses].sort()).toEqual(['completed', 'initialized', 'running']);
  const plan = planRepair(session, (await diagnose(session, flowId)).facts);
  const left = { rule: 'child-status-should-wait', reason: 'schema', why: expect.stringContaining('known_word') };
  expect(plan.leftOut).toContainEqual(expect.objectContaining(left));
  expect(plan.mends.map(({ rule }) => rule)).toContain('import-unlinked');
  expect(await apply(session, plan, { createJournal: true })).toMatchObject({ kind: 'applied' });
});

test('a row that is older than the CHECK of a domain is found by the rule for it, and mended', async () => {
  const { session, flowId } = await changed(`
    create domain migration.master_word as text;
    alter table ${MASTER} alter column flow_status type migration.master_word;
    alter domain migration.master_word add constraint known_word check (value <> 'initialized') not valid`);
  const { facts } = await diagnose(session, flowId);
  expect(facts.rules).toContain('master-status-forbidden');
  const plan = planRepair(session, facts);
  expect(plan.mends.map(({ rule }) => rule)).toContain('master-status-forbidden');
  expect(await apply(session, plan, { createJournal: true })).toMatchObject({ kind: 'applied' });
  expect((await diagnose(session, flowId)).facts.rules).toEqual(['approval-pending']);
});

test('a foreign key to words that this role may not read: said', async () => {
  await changed(`
    create table migration.flow_words (word varchar(40) primary key);
    insert into migration.flow_words values ('running'), ('processing'), ('paused'), ('completed');
    alter table ${CHILD} add constraint known_word foreign key (status) references migration.flow_words`);
  const { session } = await as('The role that reads');
  expect(session.catalog.notices).toContainEqual(
    expect.stringMatching(/not read all of migration\.flow_words: .*known_word/),
  );
  expect([...session.catalog.childStatuses]).toContain('waiting_for_approval');
  await session.close();
});

async function as(section: string): Promise<{ role: string; session: WriteSession }> {
  const role = `role_${randomUUID().slice(0, 8)}`;
  const url = await documentedRole(install, section, role);
  const session = writable(await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: url })));
  return { role, session };
}

test('a right that is missing, on the table and on one column', async () => {
  const { flowId } = await changed('');
  const reader = await as('The role that reads');
  const read = planRepair(reader.session, (await diagnose(reader.session, flowId)).facts);
  expect(read.steps).toEqual([]);
  expect(read.leftOut[0]).toMatchObject({ why: expect.stringContaining('may not update migration.discovery_flows') });
  await reader.session.close();
  const mender = await as('The role that mends');
  await install.query(`revoke update (status) on ${CHILD} from ${mender.role}`);
  const again = writable(await openSession(mender.session.settings));
  const plan = planRepair(again, (await diagnose(again, flowId)).facts);
  expect(plan.leftOut[0]).toMatchObject({
    rule: 'child-status-should-wait',
    reason: 'schema',
    why: expect.stringContaining('discovery_flows.status'),
  });
  expect(plan.mends.length).toBeGreaterThan(0);
  await mender.session.close();
  await again.close();
});

test('row level security that lets a role read and not update: said so, not called gone', async () => {
  const { flowId } = await changed('');
  const { role, session } = await as('The role that mends');
  await session.close();
  await install.query(`
    alter table ${CHILD} enable row level security;
    create policy reads on ${CHILD} for select to ${role} using (true);
    create policy writes on ${CHILD} for update to ${role} using (false)`);
  const mender = writable(await openSession(session.settings));
  const run = await preview(mender, planRepair(mender, (await diagnose(mender, flowId)).facts));
  expect(run).toMatchObject({
    kind: 'not verified',
    problems: [expect.stringContaining('row level security keeps this role from updating it')],
  });
  await mender.close();
});
