import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import { seal } from '../../shared/repair/document/plan.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { applyText } from '../../shared/report/text/outcome-text.ts';
import type { WriteSession } from '../../shared/session.ts';
import { plain } from '../../shared/words/tone.ts';
import { exitCodeOfApply, exitCodes } from '../../tui/exit-code.ts';
import { but, flow, WAITING } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
let session: WriteSession;
let broken: ReturnType<typeof flow>[];

beforeEach(async () => {
  const rows = but(WAITING, {
    child: { status: 'running', progress_percentage: 0 },
    master: { flow_status: 'initialized' },
  });
  install = await makeInstall('PostgreSQL', (variant) => {
    broken = Array.from({ length: 10 }, () => flow(variant, rows));
    return broken;
  });
  session = await install.session({ FLOWMEND_LOCK_TIMEOUT_MS: '200' });
});
afterEach(() => install.close());

const planFor = async (index: number): Promise<Plan> =>
  planRepair(session, (await diagnose(session, broken[index]?.flowId ?? '')).facts);
const agreed = { createJournal: true };

test('two of ten are mended and the other eight do not move', async () => {
  const touched = [broken[0]?.flowId, broken[1]?.flowId];
  const rest = () =>
    install.query(
      `select c::text, m::text from migration.discovery_flows c
       join migration.crewai_flow_state_extensions m using (flow_id) where not flow_id = any($1) order by 1`,
      [touched],
    );
  const before = await rest();
  expect(before).toHaveLength(8);
  for (const index of [0, 1]) expect((await apply(session, await planFor(index), agreed)).kind).toBe('applied');
  expect(await rest()).toEqual(before);
  const mended = await install.query(`select count(*)::int from migration.discovery_flows where status = $1`, [
    'waiting_for_approval',
  ]);
  expect(mended).toEqual([{ count: 2 }]);
});

test('a row that changed since the plan was made: stale, with what changed, and nothing written', async () => {
  const plan = await planFor(0);
  await install.query(`update migration.discovery_flows set status = 'paused' where flow_id = $1`, [broken[0]?.flowId]);
  const before = await install.everyRow();
  expect(await apply(session, plan, agreed)).toMatchObject({
    kind: 'stale',
    drift: [{ table: 'discovery_flows', column: 'status', planned: 'running', now: 'paused' }],
  });
  expect(await install.everyRow()).toEqual(before);
});

test('a row of the plan that is gone: stale', async () => {
  const plan = await planFor(0);
  await install.query(`delete from migration.discovery_flows where flow_id = $1`, [broken[0]?.flowId]);
  expect(await apply(session, plan, agreed)).toMatchObject({ kind: 'stale', drift: [{ column: 'id', now: null }] });
});

test('a JSON column that changed by one byte: stale', async () => {
  const plan = await planFor(0);
  await install.query(
    `update migration.discovery_flows set field_mappings = (field_mappings::text || ' ')::json where flow_id = $1`,
    [broken[0]?.flowId],
  );
  expect(await apply(session, plan, agreed)).toMatchObject({ kind: 'stale', drift: [{ column: 'field_mappings' }] });
});

test('a plan past its time: stale', async () => {
  const { hash: _, ...body } = await planFor(0);
  const old = seal({ ...body, expiresAt: new Date(Date.now() - 1).toISOString() });
  const before = await install.everyRow();
  expect((await apply(session, old, agreed)).kind).toBe('stale');
  expect(await install.everyRow()).toEqual(before);
});

test('a plan of another database: refused', async () => {
  const { hash: _, ...body } = await planFor(0);
  expect((await apply(session, seal({ ...body, database: 'elsewhere' }), agreed)).kind).toBe('refused');
});

test('applied by eight at once: one change, eight equal receipts', async () => {
  const plan = await planFor(0);
  const patient = await install.session({ FLOWMEND_LOCK_TIMEOUT_MS: '240000' });
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => apply(patient, plan, agreed)));
  const receipts = outcomes.map((outcome) => ('receipt' in outcome ? outcome.receipt.id : outcome));
  expect(new Set(receipts).size).toBe(1);
  expect(outcomes.filter((outcome) => outcome.kind === 'applied')).toHaveLength(1);
  expect(await install.query(`select count(*)::int from flowmend.journal`)).toEqual([{ count: 1 }]);
});

test('a row that another session holds: a bounded wait, one message, nothing written', async () => {
  const plan = await planFor(0);
  await apply(session, await planFor(1), agreed);
  const platform = new pg.Client({ connectionString: install.url });
  await platform.connect();
  await platform.query('begin');
  await platform.query(`update migration.discovery_flows set user_id = 'x' where flow_id = $1`, [broken[0]?.flowId]);
  await expect(apply(session, plan, agreed)).rejects.toMatchObject({ code: 'lock-timeout' });
  await platform.query('rollback');
  await platform.end();
  expect((await apply(session, plan, agreed)).kind).toBe('applied');
});

test('without agreement to make the journal: refused, nothing written or made', async () => {
  const before = await install.everyRow();
  expect((await apply(session, await planFor(0), { createJournal: false })).kind).toBe('refused');
  expect(await install.everyRow()).toEqual(before);
  expect(await install.query(`select to_regnamespace('flowmend') as schema`)).toEqual([{ schema: null }]);
});

test('the journal row and the repair are one transaction', async () => {
  await apply(session, await planFor(0), agreed);
  await install.query(`alter table flowmend.journal add constraint full_disk check (false) not valid`);
  const before = await install.everyRow();
  await expect(apply(session, await planFor(1), agreed)).rejects.toMatchObject({ code: 'database' });
  expect(await install.everyRow()).toEqual(before);
});

test('what a trigger makes of it is judged before commit: not verified, rolled back', async () => {
  await install.query(`
    create function migration.stubborn() returns trigger language plpgsql as
      $$ begin new.status := old.status; return new; end $$;
    create trigger stubborn before update on migration.discovery_flows
      for each row execute function migration.stubborn()`);
  const before = await install.everyRow();
  const plan = await planFor(0);
  expect(await preview(session, plan)).toMatchObject({ kind: 'not verified' });
  const outcome = await apply(session, plan, agreed);
  expect(outcome).toMatchObject({ kind: 'not verified' });
  expect('problems' in outcome && outcome.problems.join()).toContain('child-status-should-wait is still there');
  expect(await install.everyRow()).toEqual(before);
});

test('undo, once: a second undo is refused, and undoing the undo redoes the repair', async () => {
  const applied = await apply(session, await planFor(0), { ...agreed, reason: 'INC-7' });
  if (applied.kind !== 'applied') throw new Error(applied.kind);
  expect(applied.receipt).toMatchObject({ reason: 'INC-7', kind: 'repair', undoes: null, who: { role: 'postgres' } });
  const after = await install.everyRow();
  const plan = planUndo(session, applied.receipt);
  const undone = await apply(session, plan, agreed);
  if (undone.kind !== 'applied') throw new Error(undone.kind);
  // Another undo of the same receipt, planned before the first was applied, finds that it was done.
  const again = planUndo(session, applied.receipt);
  expect(await apply(session, again, agreed)).toMatchObject({
    kind: 'already applied',
    receipt: { id: undone.receipt.id },
  });
  expect((await apply(session, planUndo(session, undone.receipt), agreed)).kind).toBe('applied');
  expect(await install.everyRow()).toEqual(after);
});

test('undo of a row with a column that the database computes: it is computed again', async () => {
  await install.query(`alter table migration.discovery_flows
    add column is_waiting boolean generated always as (status = 'waiting_for_approval') stored`);
  const fresh = await install.session();
  const before = await install.everyRow();
  const applied = await apply(fresh, planRepair(fresh, (await diagnose(fresh, broken[0]?.flowId ?? '')).facts), agreed);
  if (applied.kind !== 'applied') throw new Error(applied.kind);
  expect(applied.receipt.changes.flatMap(({ columns }) => columns.map(({ column }) => column))).toContain('is_waiting');
  expect((await apply(fresh, planUndo(fresh, applied.receipt), agreed)).kind).toBe('applied');
  expect(await install.everyRow()).toEqual(before);
});

test('a plan that was taken back is not called applied, and is not applied again; redone, it is', async () => {
  const before = await install.everyRow();
  const plan = await planFor(0);
  const applied = await apply(session, plan, agreed);
  if (applied.kind !== 'applied') throw new Error(applied.kind);
  const undo = planUndo(session, applied.receipt);
  const undone = await apply(session, undo, agreed);
  if (undone.kind !== 'applied') throw new Error(undone.kind);
  const again = await apply(session, plan, agreed);
  expect(again).toMatchObject({ kind: 'taken back', receipt: { undoneBy: undone.receipt.id } });
  expect(exitCodeOfApply(again)).toBe(exitCodes.stale);
  expect(plain(applyText(again, plan.kind))).toMatch(/taken back since[\s\S]*Make a new plan/);
  expect(await install.everyRow()).toEqual(before);
  expect((await apply(session, undo, agreed)).kind).toBe('already applied');
  expect((await apply(session, planUndo(session, undone.receipt), agreed)).kind).toBe('applied');
  expect((await apply(session, plan, agreed)).kind).toBe('already applied');
  expect((await apply(session, undo, agreed)).kind).toBe('taken back');
});

test('undo of a row that the platform changed since: stale, nothing written', async () => {
  const applied = await apply(session, await planFor(0), agreed);
  if (applied.kind !== 'applied') throw new Error(applied.kind);
  await install.query(`update migration.discovery_flows set status = 'processing' where flow_id = $1`, [
    broken[0]?.flowId,
  ]);
  const before = await install.everyRow();
  expect((await apply(session, planUndo(session, applied.receipt), agreed)).kind).toBe('stale');
  expect(await install.everyRow()).toEqual(before);
});

test('an undo that cannot give a time stamp back, since a trigger sets it: restored in part, and told', async () => {
  const applied = await apply(session, await planFor(0), agreed);
  if (applied.kind !== 'applied') throw new Error(applied.kind);
  await install.query(`
    create function migration.touch() returns trigger language plpgsql as
      $$ begin new.updated_at := now(); return new; end $$;
    create trigger touch before update on migration.discovery_flows for each row execute function migration.touch()`);
  const outcome = await apply(session, planUndo(session, applied.receipt), agreed);
  expect(outcome).toMatchObject({ kind: 'restored in part', notRestored: [{ column: 'updated_at' }] });
  expect(exitCodeOfApply(outcome)).toBe(exitCodes.partly);
  expect(plain(applyText(outcome, 'undo'))).toMatch(
    /restored in part[\s\S]*discovery_flows\.updated_at of .* was .*, is now/,
  );
});

test('a plan that was applied gives its receipt also after its time', async () => {
  const plan = await planFor(0);
  const first = await apply(session, plan, agreed);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(plan.expiresAt) + 1 });
  const second = await apply(session, plan, agreed).finally(() => vi.useRealTimers());
  expect([first.kind, second.kind]).toEqual(['applied', 'already applied']);
});

test('a reader cannot write: the session refuses', async () => {
  const { default: sql } = await import('sql-template-tag');
  await expect(
    session.reader.read(sql`update migration.discovery_flows set status = 'completed'`),
  ).rejects.toMatchObject({ code: 'read-only' });
});
