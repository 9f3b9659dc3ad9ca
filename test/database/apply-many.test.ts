import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import { parsePlan } from '../../shared/repair/document/plan-file.ts';
import { runId } from '../../shared/repair/document/run-id.ts';
import { receiptById } from '../../shared/repair/journal/journal-place.ts';
import { brokenRules, brokenRulesOf } from '../../shared/repair/plan/broken-rules.ts';
import { flowsToMend } from '../../shared/repair/plan/flows-to-mend.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { heldPlan } from '../../shared/repair/preview/held-plan.ts';
import { previewMany } from '../../shared/repair/preview/preview-many.ts';
import { manyOutcomeText } from '../../shared/report/text/many-text.ts';
import type { WriteSession } from '../../shared/session.ts';
import { plain } from '../../shared/words/tone.ts';
import { but, flow, WAITING } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

const FLOWS = 24;
const agreed = { createJournal: true, stopAtShare: 1 };

let install: Install;
let session: WriteSession;
let ids: string[];

beforeEach(async () => {
  const rows = but(WAITING, {
    child: { status: 'running', progress_percentage: 0 },
    master: { flow_status: 'initialized' },
  });
  install = await makeInstall('PostgreSQL', (variant) => {
    const broken = Array.from({ length: FLOWS }, () => flow(variant, rows));
    ids = broken.map((one) => one.flowId);
    return [...broken, flow(variant), flow(variant, WAITING)];
  });
  session = await install.session({ FLOWMEND_LOCK_TIMEOUT_MS: '200' });
});
afterEach(() => install.close());

const planned = async (batchSize = 5): Promise<Plan> =>
  planMany(session, (await flowsToMend(session, {})).flowIds, { batchSize });
const mended = async () =>
  (
    await install.query(
      `select flow_id::text as id from migration.discovery_flows where status = 'waiting_for_approval'
         and progress_percentage > 0 and flow_id = any($1) order by 1`,
      [ids],
    )
  ).map((row) => String(row.id));
const childOf = (index: number) => ids[index] ?? '';
/** Applies a plan while the platform holds a row of one flow. */
const appliedWhileHeld = async (plan: Plan, table: string, flowId: string) => {
  const platform = new pg.Client({ connectionString: install.url });
  await platform.connect();
  await platform.query('begin');
  await platform.query(`select from migration.${table} where flow_id = $1 for update`, [flowId]);
  const outcome = await applyMany(session, plan, agreed);
  await platform.query('rollback');
  await platform.end();
  return outcome;
};
/** Raises an exception, or keeps the old row, for one flow. */
const stubborn = (flowId: string, body: string) =>
  install.query(`
    create function migration.stubborn() returns trigger language plpgsql as
      $$ begin if new.flow_id = '${flowId}' then ${body} end if; return new; end $$;
    create trigger stubborn before update on migration.discovery_flows
      for each row execute function migration.stubborn()`);

test('no more is read at once than the reader has connections: what waits for one would be told that there is none', async () => {
  const { primary } = session;
  let underWay = 0;
  let most = 0;
  const read: typeof primary.read = async (statement) => {
    most = Math.max(most, ++underWay);
    return primary.read(statement).finally(() => underWay--);
  };
  const nowhere = Array.from({ length: 3_000 }, () => randomUUID());
  await planMany({ ...session, primary: { read } }, [...ids, ...nowhere]);
  expect(most).toBe(2);
});

test('all flows, batch by batch: each batch a transaction and a receipt, which undo takes back', async () => {
  const before = await install.everyRow();
  const plan = await planned();
  expect(plan.flows).toHaveLength(FLOWS);
  const outcome = await applyMany(session, plan, agreed);
  expect(outcome).toMatchObject({ kind: 'done', total: FLOWS, applied: FLOWS, before: 0, failed: [], left: 0 });
  expect(outcome.receipts).toHaveLength(5);
  expect(await mended()).toEqual([...ids].sort());
  expect(await install.query('select batch from flowmend.journal order by 1')).toEqual(
    [0, 5, 10, 15, 20].map((batch) => ({ batch })),
  );
  for (const id of outcome.receipts) {
    const undone = await apply(session, planUndo(session, await receiptById(session, id)), agreed);
    expect(undone.kind).toBe('applied');
  }
  expect(await install.everyRow()).toEqual(before);
});

test('exactly the flows of the plan are touched, however the fleet moves meanwhile', async () => {
  const plan = await planMany(session, (await flowsToMend(session, { limit: 10 })).flowIds, { batchSize: 3 });
  expect(plan.flows).toHaveLength(10);
  const late = but(WAITING, { child: { status: 'running' } });
  const others = () =>
    install.query(
      `select c::text, m::text from migration.discovery_flows c
       join migration.crewai_flow_state_extensions m using (flow_id) where not flow_id = any($1) order by 1`,
      [plan.flows],
    );
  let before = await others();
  await applyMany(session, plan, {
    ...agreed,
    between: async () => {
      // Another flow breaks in the same way while the repair is under way.
      const { insertFlows } = await import('../../shared/demo/flow-rows.ts');
      await insertFlows(install.query, 'migration', [flow(install.variant, late)]);
      before = await others();
      return 'go on';
    },
  });
  expect(await mended()).toEqual([...plan.flows].sort());
  expect(await others()).toEqual(before);
});

test('a filter by rule and tenant; flows that are gone are not in the plan', async () => {
  const { found } = await flowsToMend(session, { rules: ['mappings-missing'] });
  expect(found).toBe(0);
  const [row] = await install.query(
    'select client_account_id as client from migration.discovery_flows where flow_id = $1',
    [childOf(3)],
  );
  const one = await flowsToMend(session, { tenant: String(row?.client), rules: ['progress-out-of-step'] });
  expect(one.flowIds).toEqual([childOf(3)]);
  const plan = await planMany(session, [childOf(3), '00000000-0000-4000-8000-000000000000']);
  expect(plan.flows).toEqual([childOf(3)]);
});

test('a stale flow is left out and told, and does not keep its batch from being mended', async () => {
  const plan = await planned();
  const stale = plan.flows[7] ?? '';
  await install.query(`update migration.discovery_flows set status = 'paused' where flow_id = $1`, [stale]);
  const outcome = await applyMany(session, plan, agreed);
  expect(outcome.failed).toEqual([{ flowId: stale, kind: 'stale', why: 'discovery_flows.status changed' }]);
  expect(await mended()).toEqual(ids.filter((id) => id !== stale).sort());
});

test('a flow that another session holds is left out after the bound, and mended by a second run of the plan', async () => {
  const plan = await planned();
  const held = plan.flows[7] ?? '';
  const outcome = await appliedWhileHeld(plan, 'discovery_flows', held);
  expect(outcome).toMatchObject({ applied: FLOWS - 1, failed: [{ flowId: held, kind: 'busy' }] });
  expect(await mended()).toEqual(ids.filter((id) => id !== held).sort());
  expect(await applyMany(session, plan, agreed)).toMatchObject({ applied: 1, before: FLOWS - 1, failed: [] });
  expect(await mended()).toEqual([...ids].sort());
});

test('a flow of which one row is held is left alone, also where two of its rows have the same key', async () => {
  await install.query(`
    update migration.raw_import_records set master_flow_id = null;
    update migration.data_imports set master_flow_id = null;
    update migration.crewai_flow_state_extensions m set id = c.id from migration.discovery_flows c where c.flow_id = m.flow_id`);
  const plan = await planned();
  const held = plan.flows[7] ?? '';
  const outcome = await appliedWhileHeld(plan, 'crewai_flow_state_extensions', held);
  expect(outcome).toMatchObject({ applied: plan.flows.length - 1, failed: [{ flowId: held, kind: 'busy' }] });
});

test('a flow that a trigger keeps broken is left out, not verified', async () => {
  const plan = await planned();
  const bad = plan.flows[7] ?? '';
  await stubborn(bad, 'new.status := old.status;');
  const outcome = await applyMany(session, plan, agreed);
  expect(outcome.failed).toMatchObject([{ flowId: bad, kind: 'not verified' }]);
  expect(outcome.failed[0]?.why).toContain('child-status-should-wait is still there');
  expect(await mended()).toEqual(ids.filter((id) => id !== bad).sort());
});

test.each([
  ['an exception', `raise exception 'not this one';`, 'not this one'],
  ['a state of its own', `raise exception 'not this one' using errcode = 'UE001';`, 'not this one'],
  ['the state of a row', `raise exception 'not this one' using errcode = 'object_not_in_prerequisite_state';`, 'not'],
  ['no row found', `select old.status into strict new.status where false;`, 'query returned no rows'],
  ['an assertion', `assert false, 'not this one';`, 'not this one'],
  [
    'a row that its own trigger changed',
    `update migration.discovery_flows set status = 'paused' where flow_id = new.flow_id and pg_trigger_depth() = 1;`,
    'tuple to be updated was already modified',
  ],
])('a flow that the database rejects is found by halving, and only it is left out: %s', async (_, body, says) => {
  const plan = await planned();
  const bad = plan.flows[7] ?? '';
  await stubborn(bad, body);
  const outcome = await applyMany(session, plan, agreed);
  expect(outcome).toMatchObject({ applied: FLOWS - 1, failed: [{ flowId: bad, kind: 'rejected' }] });
  expect(outcome.failed[0]?.why).toContain(`the database refuses it: ${says}`);
  expect(await mended()).toEqual(ids.filter((id) => id !== bad).sort());
});

test.each([
  ['a table that is missing', `perform 1 from migration.nowhere;`, 'wrong-schema'],
  ['a right that is missing', `raise exception 'no' using errcode = 'insufficient_privilege';`, 'no-rights'],
  ['no memory', `raise exception 'no' using errcode = 'out_of_memory';`, 'server-full'],
])('what is wrong with no flow ends the run, and is not sought by halving: %s', async (_, body, code) => {
  const plan = await planned();
  await stubborn(plan.flows[0] ?? '', body);
  const outcome = await applyMany(session, plan, agreed);
  expect(outcome).toMatchObject({ kind: 'broken', failed: [], failure: { code } });
});

test('a preview tells flow by flow what applying would and writes nothing; the plan without those holds', async () => {
  const plan = await planned();
  const [stale = '', busy = '', bad = ''] = [plan.flows[2], plan.flows[7], plan.flows[13]];
  await install.query(`update migration.discovery_flows set status = 'paused' where flow_id = $1`, [stale]);
  await stubborn(bad, `raise exception 'not this one';`);
  const before = await install.everyRow();
  const platform = new pg.Client({ connectionString: install.url });
  await platform.connect();
  await platform.query('begin');
  await platform.query(`select from migration.discovery_flows where flow_id = $1 for update`, [busy]);
  const tried = await previewMany(session, plan);
  await platform.query('rollback');
  await platform.end();
  expect(tried).toMatchObject({
    total: FLOWS,
    ran: FLOWS - 3,
    failed: [
      { flowId: stale, kind: 'stale' },
      { flowId: busy, kind: 'busy' },
      { flowId: bad, kind: 'rejected' },
    ],
  });
  expect(await install.everyRow()).toEqual(before);
  const held = heldPlan(plan, tried);
  expect(held?.flows).toEqual(plan.flows.filter((id) => ![stale, busy, bad].includes(id)));
  expect(heldPlan(plan, { ...tried, ran: 0 })).toBeUndefined();
  expect(parsePlan(JSON.stringify(held), 'plan')).toEqual(held);
  const outcome = await applyMany(session, held ?? plan, agreed);
  expect(outcome).toMatchObject({ kind: 'done', total: FLOWS - 3, applied: FLOWS - 3, failed: [] });
  expect(await mended()).toEqual([...(held?.flows ?? [])].sort());
});

test('the rules that are broken are counted, each with its flows, and those that nothing mends are not', async () => {
  const counted = await brokenRules(session);
  expect(counted.flows).toBe(FLOWS);
  expect(counted.rules.map(({ rule, flows }) => [rule, flows])).toEqual([
    ['child-status-should-wait', FLOWS],
    ['master-status-out-of-step', FLOWS],
    ['progress-out-of-step', FLOWS],
  ]);
  expect(brokenRulesOf(session, [['approval-pending'], ['progress-out-of-step', 'approval-pending']])).toMatchObject({
    flows: 1,
    rules: [{ rule: 'progress-out-of-step', flows: 1 }],
  });
});

test('a canary first; ended after it, the plan goes on where it stopped', async () => {
  const plan = await planned();
  const seen: boolean[] = [];
  const first = await applyMany(session, plan, {
    ...agreed,
    canary: 2,
    between: async ({ canary }) => {
      seen.push(canary);
      return 'stop';
    },
  });
  expect(seen).toEqual([true]);
  expect(first).toMatchObject({ kind: 'interrupted', applied: 2, left: FLOWS - 2 });
  expect(await mended()).toEqual(plan.flows.slice(0, 2).sort());
  const second = await applyMany(session, plan, agreed);
  expect(second).toMatchObject({ kind: 'done', applied: FLOWS - 2, before: 2, left: 0 });
  const third = await applyMany(session, plan, agreed);
  expect(third).toMatchObject({ kind: 'done', applied: 0, before: FLOWS, receipts: [] });
});

test('a flow that stays stale at the head of a batch keeps no other from being mended by a later run', async () => {
  const plan = await planned();
  const stale = plan.flows[0] ?? '';
  await install.query(`update migration.discovery_flows set status = 'paused' where flow_id = $1`, [stale]);
  const first = await applyMany(session, plan, { ...agreed, lanes: 1, between: async () => 'stop' });
  expect(first).toMatchObject({ kind: 'interrupted', applied: 4, failed: [{ flowId: stale }] });
  // The stale one is tried again, along with flows that were not tried.
  const second = await applyMany(session, plan, agreed);
  expect(second).toMatchObject({ applied: FLOWS - 5, before: 4, left: 0, failed: [{ flowId: stale, kind: 'stale' }] });
  expect(await mended()).toEqual(ids.filter((id) => id !== stale).sort());
});

test('while the rate is waited for, a person is heard: no further batch is written', async () => {
  const plan = await planned();
  const applied: number[] = [];
  const outcome = await applyMany(session, plan, {
    ...agreed,
    batchSize: 1,
    flowsPerSecond: 0.2,
    between: async (so) => (applied.push(so.applied) < 3 ? 'go on' : 'stop'),
  });
  expect(applied).toEqual([1, 1, 1]);
  expect(outcome).toMatchObject({ kind: 'interrupted', applied: 1, left: FLOWS - 1 });
});

test('the time that a question takes is not caught up with a burst', async () => {
  const plan = await planned();
  const applied: number[] = [];
  let passed = 0;
  await applyMany(session, plan, {
    ...agreed,
    canary: 1,
    batchSize: 1,
    flowsPerSecond: 0.5,
    clock: { now: () => passed, sleep: async (ms) => (passed += ms) },
    between: async (so) => {
      applied.push(so.applied);
      // At that average the next would be due at once.
      if (so.canary) passed += 5_000;
      return so.canary || (so.applied === 2 && applied.filter((one) => one === 2).length < 2) ? 'go on' : 'stop';
    },
  });
  expect(applied).toEqual([1, 2, 2]);
});

test('the run stops at the first batch of which more than the share failed', async () => {
  const plan = await planned();
  await install.query(`update migration.discovery_flows set status = 'paused' where flow_id = any($1)`, [
    plan.flows.slice(5, 8),
  ]);
  const outcome = await applyMany(session, plan, { createJournal: true, stopAtShare: 0.5, lanes: 1 });
  expect(outcome).toMatchObject({ kind: 'stopped', why: '3 of the 5 flows of a batch failed', applied: 7, left: 14 });
});

test('the same plan applied by four at once: every flow changes once, and nobody calls it a failure', async () => {
  const plan = await planned();
  // Each waits for the others as long as they need: a lock that is waited for too long is a failure.
  const patient = await install.session({ FLOWMEND_LOCK_TIMEOUT_MS: '240000' });
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => applyMany(patient, plan, agreed)));
  expect(outcomes.flatMap((one) => one.failed)).toEqual([]);
  expect(outcomes.reduce((sum, one) => sum + one.applied, 0)).toBe(FLOWS);
  expect(await install.query('select sum(cardinality(flows))::int as flows from flowmend.journal')).toEqual([
    { flows: FLOWS },
  ]);
});

test('a master that two flows share is written for neither; the rest of the plan goes on', async () => {
  const [one, other, third] = ids as [string, string, string];
  await install.query(
    `update migration.discovery_flows f set master_flow_id = one.flow_id,
       client_account_id = one.client_account_id, engagement_id = one.engagement_id
     from migration.discovery_flows one where one.flow_id = $1 and f.flow_id = $2`,
    [one, other],
  );
  const plan = await planMany(session, [one, other, third]);
  const left = new Set(plan.leftOut.filter(({ reason }) => reason === 'shared').map(({ flowId }) => flowId));
  expect([...left].sort()).toEqual([one, other].sort());
  expect(plan.steps.every((step) => step.flowId === third)).toBe(true);
  expect(await applyMany(session, plan, agreed)).toMatchObject({ total: 1, applied: 1 });
});

test('applied again it tells the receipts; what was taken back since is no longer done, and needs a new plan', async () => {
  const plan = await planned(8);
  const first = await applyMany(session, plan, { ...agreed, lanes: 1 });
  expect(first.receipts).toHaveLength(3);
  const again = await applyMany(session, plan, agreed);
  expect(again).toMatchObject({ applied: 0, before: FLOWS, failed: [], receipts: [] });
  expect([...(again.earlierReceipts ?? [])].sort()).toEqual([...first.receipts].sort());
  expect(plain(manyOutcomeText(again))).toContain(`flowmend undo ${runId(plan.hash)}`);

  const undone = await apply(session, planUndo(session, await receiptById(session, first.receipts[1] ?? '')), agreed);
  if (undone.kind !== 'applied') throw new Error(undone.kind);
  const before = await install.everyRow();
  const third = await applyMany(session, plan, agreed);
  expect(third).toMatchObject({ applied: 0, before: FLOWS - 8, left: 0, earlierReceipts: [{}, {}] });
  expect(third.failed.map(({ flowId }) => flowId).sort()).toEqual([...undone.receipt.flows].sort());
  expect(new Set(third.failed.map(({ kind }) => kind))).toEqual(new Set(['taken back']));
  expect(third.failed[0]?.why).toContain(undone.receipt.id);
  expect(plain(manyOutcomeText(third))).toContain('8 mended by this plan and taken back since: they need a new plan');
  expect(await install.everyRow()).toEqual(before);

  // The undo is taken back: what the plan wrote stands again.
  expect((await apply(session, planUndo(session, undone.receipt), agreed)).kind).toBe('applied');
  expect(await applyMany(session, plan, agreed)).toMatchObject({ applied: 0, before: FLOWS, failed: [] });
});

// Seen to fail where a share that is reached stops the run, as one that is passed does.
test('where not one flow may fail, a run in which none does goes on to its end', async () => {
  const outcome = await applyMany(session, await planned(), { createJournal: true, stopAtShare: 0 });
  expect(outcome).toMatchObject({ kind: 'done', applied: FLOWS, left: 0 });
});

// Seen to fail where the time of the question counts as time of work.
test('the time that a person takes to answer does not slow the pace that is told', async () => {
  const thought = 2_000;
  /** In milliseconds: when it was told, and for how long the run says that it worked until then. */
  const seen: { at: number; worked: number }[] = [];
  await applyMany(session, await planned(), {
    ...agreed,
    lanes: 1,
    async between({ applied, flowsPerSecond }) {
      seen.push({ at: performance.now(), worked: (applied / flowsPerSecond) * 1_000 });
      if (seen.length === 1) await new Promise((resolve) => setTimeout(resolve, thought));
      return seen.length === 2 ? 'stop' : 'go on';
    },
  });
  const [first, second] = seen as [(typeof seen)[0], (typeof seen)[0]];
  expect(second.worked - first.worked).toBeLessThan(second.at - first.at - thought / 2);
});

// Seen to fail without the look for rows that two flows of a plan would write.
test('of two flows of one plan that meet in a row the later one is left out, and told which is the earlier', async () => {
  const { insertFlows } = await import('../../shared/demo/flow-rows.ts');
  const tenant = randomUUID();
  const unlinked = () =>
    flow(install.variant, { tenant, import: { master_flow_id: null }, child: { data_import_id: null } });
  const [first, second] = [unlinked(), unlinked()];
  await insertFlows(install.query, 'migration', [first, second]);
  const plan = await planMany(session, [first.flowId, second.flowId], {
    choices: { 'import-unlinked': first.importId },
  });
  expect(plan.steps.map(({ flowId }) => flowId)).not.toContain(second.flowId);
  expect(plan.leftOut).toContainEqual({
    flowId: second.flowId,
    rule: 'import-unlinked',
    reason: 'shared',
    why: expect.stringContaining(`is part of the repair of flow ${first.flowId} too: plan it when that is applied`),
    options: [],
  });
  expect(await applyMany(session, plan, agreed)).toMatchObject({ kind: 'done', applied: 1, failed: [] });
});
