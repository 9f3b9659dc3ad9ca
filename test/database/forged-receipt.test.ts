import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planState } from '../../shared/repair/check/plan-state.ts';
import { writePlanFile } from '../../shared/repair/document/plan-file.ts';
import { receiptById, receipts } from '../../shared/repair/journal/journal-place.ts';
import { makeJournal } from '../../shared/repair/journal/make-journal.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { draftUndo } from '../../shared/repair/undo/draft-undo.ts';
import { applyText } from '../../shared/report/text/outcome-text.ts';
import { planStateText } from '../../shared/report/text/plan-state-text.ts';
import { undoText } from '../../shared/report/text/undo-text.ts';
import type { WriteSession } from '../../shared/session.ts';
import { plain } from '../../shared/words/tone.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { documentedGrants, repairRole } from '../support/roles.ts';

/** Who may only add receipts gets no more by what they say than the rights that the writer has anyway. */
const agreed = { createJournal: true };
let install: Install;
/** The person who takes back: may do anything. */
let session: WriteSession;
let ids: string[];
let mender: { role: string; url: string };

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = Array.from({ length: 4 }, () => broken(variant));
    ids = flows.map((one) => one.flowId);
    return flows;
  });
  session = await install.session();
  const role = `role_${randomUUID().slice(0, 8)}`;
  mender = { role, url: await repairRole(install, role) };
});
afterEach(() => install.close());

const grantsOf010 = async () => {
  await makeJournal(session.writer);
  await install.query(
    `grant usage on schema flowmend to ${mender.role}; grant select, insert on flowmend.journal to ${mender.role}`,
  );
};
const grantsOfToday = async () => {
  await install.query(await documentedGrants('The journal', mender.role, 'migration'));
};

async function asMender(text: string, parameters: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: mender.url });
  await client.connect();
  try {
    return (await client.query(text, parameters)).rows;
  } finally {
    await client.end();
  }
}

/** A receipt that the mender writes by hand, of the child of a flow: column -> the value that it is to get. */
async function forged(flowId: string, columns: Record<string, string>, named: Record<string, string> = {}) {
  const [row] = await install.query('select to_jsonb(t) as row from migration.discovery_flows t where flow_id = $1', [
    flowId,
  ]);
  const now = row?.row as Record<string, string>;
  const changes = [
    {
      record: 'child',
      table: { schema: 'migration', name: 'discovery_flows' },
      key: now.id,
      flowId,
      columns: Object.entries(columns).map(([column, before]) => ({ column, before, after: now[column] ?? null })),
    },
  ];
  const names = ['plan_hash', 'kind', 'flows', 'os_user', 'host', 'changes', ...Object.keys(named)];
  const values = [randomUUID(), 'repair', `{${flowId}}`, 'x', 'x', JSON.stringify(changes), ...Object.values(named)];
  await asMender(
    `insert into flowmend.journal (${names.join()}) values (${names.map((_, index) => `$${index + 1}`).join()})`,
    values,
  );
  const [kept] = await receipts(session, { flowId, limit: 1 });
  if (!kept) throw new Error('no receipt');
  return kept;
}

async function refusedFor(receipt: Awaited<ReturnType<typeof forged>>, reason: string): Promise<void> {
  const before = await install.everyRow();
  await expect(draftUndo(session, receipt)).rejects.toMatchObject({
    code: 'receipt-refused',
    message: expect.stringContaining(reason),
  });
  expect(await install.everyRow()).toEqual(before);
}

test('a receipt that names another writer, of a column that no rule writes: refused', async () => {
  await grantsOf010();
  const receipt = await forged(ids[0] ?? '', { user_id: 'evil' }, { db_role: 'postgres' });
  expect(receipt.who.role).toBe('postgres');
  await refusedFor(
    receipt,
    `${mender.role}, who may have written it, may not update migration.discovery_flows.user_id`,
  );
  const ended = await flowmend(['undo', receipt.id, '--yes'], { FLOWMEND_DATABASE_URL: install.url });
  expect(ended).toMatchObject({ code: 5, stderr: expect.stringContaining('cannot be taken back') });
});

test('of a column that rules write and its writer may not: refused as well', async () => {
  await grantsOf010();
  await install.query(`revoke update (status) on migration.discovery_flows from ${mender.role}`);
  await refusedFor(
    await forged(ids[0] ?? '', { status: 'completed' }, { db_role: 'postgres' }),
    'discovery_flows.status',
  );
});

test('the columns that its writer may update are taken back; what a trigger may have changed is left, and said', async () => {
  await grantsOf010();
  const receipt = await forged(ids[0] ?? '', { status: 'paused', user_id: 'evil' }, { db_role: 'postgres' });
  const draft = await draftUndo(session, receipt);
  expect(draft.beyondWriter).toEqual(['migration.discovery_flows.user_id']);
  expect(plain(undoText(receipt, draft))).toContain('may not update it: migration.discovery_flows.user_id');
  if (!draft.plan) throw new Error('no plan');
  const outcome = await apply(session, draft.plan, agreed);
  expect(outcome.kind).toBe('restored in part');
  expect(plain(applyText(outcome, 'undo'))).toContain(
    'all but discovery_flows.user_id, which whoever wrote the receipt may not update',
  );
  expect(
    await install.query('select status, user_id from migration.discovery_flows where flow_id = $1', [ids[0]]),
  ).toEqual([{ status: 'paused', user_id: 'someone' }]);
});

test('rights that were taken away after the undo was planned: refused before anything is written', async () => {
  await grantsOf010();
  const receipt = await forged(ids[0] ?? '', { status: 'paused' });
  const { plan } = await draftUndo(session, receipt);
  if (!plan) throw new Error('no plan');
  const before = await install.everyRow();
  await install.query(`revoke update (status) on migration.discovery_flows from ${mender.role}`);
  await expect(apply(session, plan, agreed)).rejects.toMatchObject({ code: 'receipt-refused' });
  expect(await install.everyRow()).toEqual(before);
});

test('where row level security limits its writer, only the writer takes it back', async () => {
  await grantsOfToday();
  await install.query(`
    alter table migration.discovery_flows enable row level security;
    create policy seen on migration.discovery_flows using (user_id = 'someone')`);
  const receipt = await forged(ids[0] ?? '', { status: 'paused' });
  await refusedFor(receipt, `only ${mender.role} can take it back`);
  const own = await install.session({ FLOWMEND_DATABASE_URL: mender.url });
  const { plan } = await draftUndo(own, receipt);
  expect(plan?.flows).toEqual([ids[0]]);
});

test('of a table that is none of the flow tables: refused', async () => {
  await grantsOf010();
  await install.query('create schema backup; create table backup.discovery_flows as table migration.discovery_flows');
  const receipt = await forged(ids[0] ?? '', { status: 'paused' });
  await install.query(`update flowmend.journal set changes = replace(changes, '"migration"', '"backup"')`);
  await refusedFor(
    await receiptById(session, receipt.id),
    'wrote backup.discovery_flows, and this session looks at migration.discovery_flows',
  );
});

test('with the grants of today nobody can say who wrote a receipt, when, or of which server; its writer is who it was', async () => {
  await grantsOfToday();
  const [flowId = '', other = ''] = ids;
  for (const column of ['id', 'applied_at', 'db_role', 'database', 'system_identifier']) {
    await expect(
      asMender(`insert into flowmend.journal (${column}, plan_hash, kind, flows, os_user, host, changes)
        values (null, 'x', 'repair', '{}', 'x', 'x', '[]')`),
    ).rejects.toMatchObject({ code: '42501' });
  }
  await refusedFor(await forged(flowId, { user_id: 'evil' }), `${mender.role}, who may have written it`);
  // Of a superuser everything is taken back, also what no mender may write.
  await install.query(`
    create function migration.audit() returns trigger language plpgsql as $$ begin new.user_id := 'audit'; return new; end $$;
    create trigger audit before update on migration.discovery_flows for each row execute function migration.audit()`);
  const applied = await apply(session, await planOf(session, other), agreed);
  if (applied.kind !== 'applied') throw new Error(applied.kind);
  await install.query('drop trigger audit on migration.discovery_flows');
  const { plan, beyondWriter } = await draftUndo(session, applied.receipt);
  expect([plan?.flows, beyondWriter]).toEqual([[other], []]);
});

test('of a writer that is no role any more: refused', async () => {
  await grantsOfToday();
  const receipt = await forged(ids[0] ?? '', { status: 'paused' });
  await install.query(`update flowmend.journal set db_role = 'nobody_any_more'`);
  await refusedFor(receipt, 'nobody_any_more, which wrote it, is no role of this server');
});

test('a receipt says of which server and database it is; one that an older table took does not', async () => {
  await makeJournal(session.writer);
  const [server] = await install.query(
    'select (pg_control_system()).system_identifier::text as system, current_database()::text as database',
  );
  const applied = await apply(session, await planOf(session, ids[0] ?? ''), agreed);
  if (applied.kind !== 'applied') throw new Error(applied.kind);
  expect(applied.receipt.server).toEqual(server);
  expect(await receiptById(session, applied.receipt.id)).toEqual(applied.receipt);
  await install.query('alter table flowmend.journal drop column database, drop column system_identifier');
  const older = await apply(session, await planOf(session, ids[1] ?? ''), agreed);
  if (older.kind !== 'applied') throw new Error(older.kind);
  expect(older.receipt.server).toBeUndefined();
  expect(await receiptById(session, older.receipt.id)).toEqual(older.receipt);
});

const SAYS = 'the rows are as they were before it';

test('a receipt with the hash of a plan that was never applied: not "already applied"', async () => {
  await grantsOfToday();
  const folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
  const plan = await planOf(session, ids[0] ?? '');
  await asMender(
    `insert into flowmend.journal (plan_hash, kind, flows, os_user, host, changes) values ($1, 'repair', $2, 'x', 'x', '[]')`,
    [plan.hash, plan.flows],
  );
  const before = await install.everyRow();
  expect(await apply(session, plan, agreed)).toMatchObject({ kind: 'stale', why: expect.stringContaining(SAYS) });
  const state = await planState(session, plan);
  expect(state).toMatchObject({ kind: 'stale', why: expect.stringContaining(SAYS) });
  expect(plain(planStateText(state))).toContain(SAYS);
  const file = join(folder, 'plan.json');
  await writePlanFile(file, plan);
  const ended = await flowmend(['apply', file, '--yes'], { FLOWMEND_DATABASE_URL: install.url });
  expect(ended.code).toBe(4);
  expect(ended.stdout).toContain(SAYS);
  expect(await install.everyRow()).toEqual(before);
  expect((await apply(session, await planOf(session, ids[0] ?? ''), agreed)).kind).toBe('applied');
  await rm(folder, { recursive: true });
});

test('one table that was restored without the others: what broke again does not count as mended', async () => {
  await install.query('create table public.kept as table migration.crewai_flow_state_extensions');
  const plan = await planOf(session, ids[0] ?? '');
  expect((await apply(session, plan, agreed)).kind).toBe('applied');
  await install.query(`update migration.crewai_flow_state_extensions t set flow_status = k.flow_status,
    updated_at = k.updated_at from public.kept k where k.id = t.id`);
  expect(await apply(session, plan, agreed)).toMatchObject({ kind: 'stale', why: expect.stringContaining(SAYS) });
  expect(await planState(session, plan)).toMatchObject({ kind: 'stale', why: expect.stringContaining(SAYS) });
});

test('flow tables that were restored without the journal: no flow that is as it was before counts as mended', async () => {
  const [one = '', ...many] = ids;
  await install.query(`
    create table public.kept as table migration.discovery_flows;
    create table public.kept_masters as table migration.crewai_flow_state_extensions;
    create table public.kept_imports as table migration.data_imports`);
  const plan = await planOf(session, one);
  const plans = await planMany(session, many, { batchSize: 2 });
  expect((await apply(session, plan, agreed)).kind).toBe('applied');
  expect(await applyMany(session, plans, agreed)).toMatchObject({ kind: 'done', applied: 3 });
  expect((await apply(session, plan, agreed)).kind).toBe('already applied');
  expect(await applyMany(session, plans, agreed)).toMatchObject({ kind: 'done', before: 3, failed: [] });
  // All but the last flow are restored.
  const last = many.at(-1);
  await install.query(
    `update migration.discovery_flows t set status = k.status, progress_percentage = k.progress_percentage,
       updated_at = k.updated_at from public.kept k where k.id = t.id and k.flow_id <> $1`,
    [last],
  );
  await install.query(
    `update migration.crewai_flow_state_extensions t set flow_status = k.flow_status, updated_at = k.updated_at
       from public.kept_masters k where k.id = t.id and k.flow_id <> $1`,
    [last],
  );
  await install.query(
    `update migration.data_imports t set master_flow_id = k.master_flow_id, updated_at = k.updated_at
       from public.kept_imports k where k.id = t.id
       and k.id <> (select data_import_id from migration.discovery_flows where flow_id = $1)`,
    [last],
  );
  await install.query(
    `update migration.raw_import_records set master_flow_id = null where data_import_id <>
       (select data_import_id from migration.discovery_flows where flow_id = $1)`,
    [last],
  );
  expect(await apply(session, plan, agreed)).toMatchObject({ kind: 'stale', why: expect.stringContaining(SAYS) });
  expect(await planState(session, plan)).toMatchObject({ kind: 'stale' });
  const again = await applyMany(session, plans, agreed);
  expect(again).toMatchObject({ kind: 'done', applied: 0, before: 1, left: 0 });
  expect(again.failed.map(({ flowId, kind }) => [flowId, kind])).toEqual(
    many.slice(0, 2).map((flowId) => [flowId, 'stale']),
  );
  expect(again.failed[0]?.why).toContain(SAYS);
});
