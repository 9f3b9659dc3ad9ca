import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import { parsePlan } from '../../shared/repair/document/plan-file.ts';
import { latestReceipt } from '../../shared/repair/journal/journal-place.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken } from '../soak/broken-flows.ts';
import { type Install, makeInstall } from '../support/install.ts';

const FLOWS = 30;
const agreed = { createJournal: true };

let install: Install;
let session: WriteSession;
let ids: string[];

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = Array.from({ length: FLOWS }, () => broken(variant));
    ids = flows.map((one) => one.flowId);
    return flows;
  });
  session = await install.session();
  await apply(session, planRepair(session, (await diagnose(session, ids[0] ?? '')).facts), agreed);
});
afterAll(() => install.close());

/** What the driver sent while `work` ran, in the order sent. A connection that is opened first sends nothing of this. */
async function sent<T>(work: () => Promise<T>): Promise<{ value: T; statements: string[] }> {
  const statements: string[] = [];
  const { query } = pg.Client.prototype;
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...given: unknown[]
  ) {
    const [statement] = given as [string | { text: string }];
    statements.push(typeof statement === 'string' ? statement : statement.text);
    return Reflect.apply(query, this, given);
  });
  try {
    return { value: await work(), statements };
  } finally {
    spy.mockRestore();
  }
}

test('a session opens with two statements, after the two of the first look at the server', async () => {
  const opened = await sent(() => install.session());
  expect(opened.statements.slice(0, 2)).toEqual([expect.stringContaining('begin read only'), 'commit']);
  expect(opened.statements).toHaveLength(4);
});

test('one flow: its diagnosis one statement, its plan none, preview and apply six round trips each', async () => {
  const diagnosed = await sent(() => diagnose(session, ids[1] ?? ''));
  expect(diagnosed.statements).toHaveLength(1);
  const planned = await sent(async () => planRepair(session, diagnosed.value.facts));
  expect(planned.statements).toEqual([]);
  const previewed = await sent(() => preview(session, planned.value));
  expect(previewed.value).toMatchObject({ kind: 'ran', wayBack: { kind: 'whole' } });
  // The last one tries the undo, and the rollback goes with it.
  expect(previewed.statements).toHaveLength(6);
  expect(previewed.statements.at(-1)).toContain('update ');
  const applied = await sent(() => apply(session, planned.value, agreed));
  expect(applied.value.kind).toBe('applied');
  expect(applied.statements).toHaveLength(6);
  expect(applied.statements.at(-1)).toBe('commit');
});

test('one flow from a file: six round trips as well, though its repair is made again', async () => {
  const { facts } = await diagnose(session, ids[2] ?? '');
  const plan = parsePlan(JSON.stringify(planRepair(session, facts)), 'plan.json');
  const previewed = await sent(() => preview(session, plan));
  expect(previewed.value.kind).toBe('ran');
  expect(previewed.statements).toHaveLength(6);
  const applied = await sent(() => apply(session, plan, agreed));
  expect(applied.value.kind).toBe('applied');
  expect(applied.statements).toHaveLength(6);
});

test('many flows: planned by two statements, each batch six round trips, however many flows it has', async () => {
  const planned = await sent(() => planMany(session, ids.slice(3, 17), { batchSize: 7 }));
  // The flows, and whether others have their masters.
  expect(planned.statements).toHaveLength(2);
  const applied = await sent(() => applyMany(session, planned.value, agreed));
  expect(applied.value).toMatchObject({ kind: 'done', applied: 14 });
  // Where the journal is, and what of the plan it holds; then two batches.
  expect(applied.statements).toHaveLength(2 + 2 * 6);
});

test('triggers before an update cost nothing, and those after it one round trip to look at the rows again', async () => {
  const trigger = (when: string) =>
    install.query(`
      create or replace function migration.touch() returns trigger language plpgsql as $$ begin return new; end $$;
      create trigger touch_${when} ${when} update on migration.discovery_flows
        for each row execute function migration.touch()`);
  const tripsOf = async (flowId = '') => {
    const fresh = await install.session();
    const plan = planRepair(fresh, (await diagnose(fresh, flowId)).facts);
    const previewed = await sent(() => preview(fresh, plan));
    const applied = await sent(() => apply(fresh, plan, agreed));
    expect(applied.value.kind).toBe('applied');
    return [previewed.statements.length, applied.statements.length];
  };
  await trigger('before');
  expect(await tripsOf(ids[28])).toEqual([6, 6]);
  await trigger('after');
  // The way back of a preview is looked at as well.
  expect(await tripsOf(ids[29])).toEqual([8, 7]);
  await install.query('drop function migration.touch cascade');
});

test('many flows from a file: one round trip more for each batch', async () => {
  const plan = parsePlan(JSON.stringify(await planMany(session, ids.slice(17, 28), { batchSize: 7 })), 'plan.json');
  const applied = await sent(() => applyMany(session, plan, agreed));
  expect(applied.value).toMatchObject({ kind: 'done', applied: 11 });
  expect(applied.statements).toHaveLength(2 + 2 * 7);
});

test('an undo of one flow: whose its rows are costs one statement of its seventeen', async () => {
  const { facts } = await diagnose(session, ids[0] ?? '');
  const receipt = await latestReceipt(session, facts.row.flow_id);
  if (!receipt) throw new Error('no receipt');
  const undone = await sent(() => apply(session, planUndo(session, receipt), agreed));
  expect(undone.value.kind).toBe('applied');
  const judging = undone.statements.filter((text) => text.includes('as "rawRecords"'));
  expect([undone.statements.length, judging.length]).toEqual([17, 1]);
});
