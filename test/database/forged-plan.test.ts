import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planState } from '../../shared/repair/check/plan-state.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import { type Plan, type PlanBody, type Step, seal } from '../../shared/repair/document/plan.ts';
import { parsePlan } from '../../shared/repair/document/plan-file.ts';
import { receiptById } from '../../shared/repair/journal/journal-place.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { previewMany } from '../../shared/repair/preview/preview-many.ts';
import { planText } from '../../shared/report/text/plan-text.ts';
import type { WriteSession } from '../../shared/session.ts';
import { plain } from '../../shared/words/tone.ts';
import { broken } from '../soak/broken-flows.ts';
import type { flow } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** Plans that match their own hash, as anyone can make them, and that Flowmend never made. */
let install: Install;
let session: WriteSession;
let mine: ReturnType<typeof flow>;
let other: ReturnType<typeof flow>;
const agreed = { createJournal: true };

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    mine = broken(variant);
    other = broken(variant);
    return [mine, other];
  });
  session = await install.session();
});
afterEach(() => install.close());

const planFor = async (one: { flowId: string }) => planRepair(session, (await diagnose(session, one.flowId)).facts);

function forged(plan: Plan, change: (body: PlanBody) => Partial<PlanBody>): Plan {
  const { hash: _, digests: __, ...body } = structuredClone(plan);
  return seal({ ...body, ...change(body) });
}

const text = (column: string, value: string, rule: string | null = null) => ({
  column,
  to: { kind: 'text', text: value } as const,
  rule,
  why: 'x',
});
const withSteps = (plan: Plan, change: (steps: Step[]) => Step[]) =>
  forged(plan, (body) => ({ steps: change(body.steps) }));
const ofRecord = (plan: Plan, record: Step['record']) => plan.steps.filter((step) => step.record === record);

/** Neither tried out nor applied, by itself or as one of many; told why; not a byte is written. */
async function refused(plan: Plan, why: RegExp): Promise<void> {
  const before = await install.everyRow();
  await expect(preview(session, plan)).rejects.toMatchObject({
    code: 'plan-forged',
    message: expect.stringMatching(why),
  });
  await expect(previewMany(session, plan)).rejects.toMatchObject({ code: 'plan-forged' });
  expect(await planState(session, plan)).toMatchObject({ kind: 'forged', why: expect.stringMatching(why) });
  expect(await apply(session, plan, agreed)).toMatchObject({ kind: 'refused', why: expect.stringMatching(why) });
  expect(await applyMany(session, plan, agreed)).toMatchObject({ kind: 'refused', why: expect.stringMatching(why) });
  expect(await install.everyRow()).toEqual(before);
}

/** The same for one that contradicts the rows only: of many flows it is this one that fails. */
async function differs(plan: Plan, why: RegExp): Promise<void> {
  const before = await install.everyRow();
  const says = expect.stringMatching(why);
  await expect(preview(session, plan)).rejects.toMatchObject({ code: 'plan-forged', message: says });
  expect(await previewMany(session, plan)).toMatchObject({ ran: 0, failed: [{ kind: 'not verified', why: says }] });
  expect(await planState(session, plan)).toMatchObject({ kind: 'forged', why: says });
  expect(await apply(session, plan, agreed)).toMatchObject({ kind: 'refused', why: says });
  expect(await applyMany(session, plan, { ...agreed, stopAtShare: 1 })).toMatchObject({
    applied: 0,
    failed: [{ kind: 'not verified', why: says }],
  });
  expect(await install.everyRow()).toEqual(before);
  expect(await install.query('select * from flowmend.journal')).toEqual([]);
}

describe('a repair', () => {
  test('that mends nothing and guards nothing, written to a row of another flow', async () => {
    const plan = await planFor(mine);
    const [child] = ofRecord(await planFor(other), 'child');
    const evil = forged(plan, () => ({
      mends: [],
      findings: [],
      steps: [{ ...(child as Step), flowId: mine.flowId, guard: {}, writes: [text('user_id', 'evil')] }],
    }));
    await refused(evil, /has a step for flow .* and mends nothing of it/);
  });

  test('that sets a column which its rules do not write', async () => {
    const rule = (await planFor(mine)).mends[0]?.rule ?? '';
    const evil = withSteps(await planFor(mine), ([first, ...rest]) => [
      { ...(first as Step), writes: [...(first?.writes ?? []), text('user_id', 'evil', rule)] },
      ...rest,
    ]);
    await differs(evil, /steps\.0 \(discovery_flows .*\) user_id: the plan says "evil", the rules write nothing/);
  });

  test('whose guard was thinned out, or rests on a column that there is not', async () => {
    const plan = await planFor(mine);
    await differs(
      withSteps(plan, (steps) => steps.map((step) => ({ ...step, guard: {} }))),
      /guard\.\w+: the plan says nothing, the rules say/,
    );
    const esc = '\u001b[31mx';
    const odd = withSteps(plan, (steps) => steps.map((step) => ({ ...step, guard: { ...step.guard, [esc]: '1' } })));
    await differs(odd, /guard\."\\u001b\[31mx": the plan says "1", the rules say nothing/);
    await differs(
      withSteps(plan, (steps) => steps.map((step) => ({ ...step, guard: { constructor: null, toString: null } }))),
      /guard\.constructor: the plan says null, the rules say nothing/,
    );
  });

  test('that names another table, with an escape sequence in it', async () => {
    const table = { schema: '\u001b[2J', name: 'pg_authid\u0007' };
    const evil = withSteps(await planFor(mine), ([first, ...rest]) => [{ ...(first as Step), table }, ...rest]);
    await differs(evil, /table\.schema: the plan says .*, the rules say "migration"/);
    expect(plain(planText(evil))).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  test('with two steps on one row, or a flow named twice', async () => {
    const plan = await planFor(mine);
    await refused(
      withSteps(plan, (steps) => [...steps, ...steps.slice(0, 1)]),
      /two steps for child/,
    );
    await refused(
      forged(plan, ({ flows }) => ({ flows: [...flows, ...flows] })),
      /names a flow twice/,
    );
  });

  test('that is good for ever, or comes from the future', async () => {
    const plan = await planFor(mine);
    await refused(
      forged(plan, () => ({ expiresAt: '9999-12-31T00:00:00.000Z' })),
      /its times cannot be/,
    );
    const times = { createdAt: '9999-12-31T00:00:00.000Z', expiresAt: '9999-12-31T01:00:00.000Z' };
    await refused(
      forged(plan, () => times),
      /its times cannot be/,
    );
  });

  // Seen to fail without the allowance: its times cannot be.
  test('made by a clock that is some minutes ahead is applied', async () => {
    const ahead = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    const times = (minutes: number) => ({ createdAt: ahead(minutes), expiresAt: ahead(minutes + 60) });
    const plan = await planFor(mine);
    await refused(
      forged(plan, () => times(7)),
      /its times cannot be/,
    );
    const early = forged(plan, () => times(3));
    expect(await planState(session, early)).toMatchObject({ kind: 'fresh' });
    expect(await apply(session, early, agreed)).toMatchObject({ kind: 'applied' });
  });

  // Seen to fail where only columns that the rules do not write are looked for.
  test('that sets a column twice', async () => {
    const evil = withSteps(await planFor(mine), ([first, ...rest]) => [
      { ...(first as Step), writes: [...(first?.writes ?? []), ...(first?.writes ?? []).slice(0, 1)] },
      ...rest,
    ]);
    await differs(evil, /steps\.0 .* the plan says .*, the rules write nothing/);
  });

  test('of a database that was dropped and made again under the same name, or of another server', async () => {
    const plan = await planFor(mine);
    const { server } = plan;
    expect(server).toEqual({ system: expect.stringMatching(/^\d+$/), database: expect.any(Number) });
    if (!server) return;
    for (const another of [
      { ...server, database: server.database + 1 },
      { ...server, system: '7000000000000000000' },
    ]) {
      const strange = forged(plan, () => ({ server: another }));
      const why = /was made for another database that was .* then/;
      await expect(preview(session, strange)).rejects.toMatchObject({ message: expect.stringMatching(why) });
      expect(await planState(session, strange)).toMatchObject({ kind: 'elsewhere', why: expect.stringMatching(why) });
      expect(await apply(session, strange, agreed)).toMatchObject({ kind: 'refused', why: expect.stringMatching(why) });
      expect(await applyMany(session, strange, agreed)).toMatchObject({ kind: 'refused' });
    }
    // One that an older Flowmend made says nothing of it, and whether a role may read it makes no difference.
    for (const some of [undefined, { ...server, system: null }]) {
      expect(
        await planState(
          session,
          forged(plan, () => ({ server: some })),
        ),
      ).toMatchObject({ kind: 'fresh' });
    }
  });

  test('of rules that there are not, or that mend nothing', async () => {
    const plan = await planFor(mine);
    for (const rule of ['no-such-rule', 'approval-pending', '__proto__']) {
      const mends = [...plan.mends, { flowId: mine.flowId, rule }];
      await differs(
        forged(plan, () => ({ mends })),
        new RegExp(`mends: the plan mends ${rule}, which`),
      );
    }
  });

  test('of a flow that is not among its flows', async () => {
    const plan = await planFor(mine);
    const evil = forged(await planFor(other), ({ steps }) => ({ steps: [...steps, ...plan.steps] }));
    await refused(evil, /belongs to none of its flows/);
  });

  test('with an id spelled so that nobody would look for it, or with more than a plan has, cannot be read', async () => {
    const plan = await planFor(mine);
    const parsed = (some: object) => () => parsePlan(JSON.stringify({ ...plan, ...some }), 'evil.json');
    expect(parsed({ flows: [mine.flowId.toUpperCase()] })).toThrow(
      expect.objectContaining({ code: 'plan-unreadable' }),
    );
    expect(parsed({ extra: 1 })).toThrow(expect.objectContaining({ code: 'plan-unreadable' }));
    const steps = plan.steps.map((step) => ({ ...step, sql: 'drop table x' }));
    expect(parsed({ steps })).toThrow(expect.objectContaining({ code: 'plan-unreadable' }));
    const [first, ...rest] = plan.steps;
    const writes = first?.writes.map((write) => ({ ...write, to: { ...write.to, also: 1 } }));
    expect(parsed({ steps: [{ ...first, writes }, ...rest] })).toThrow(
      expect.objectContaining({ code: 'plan-unreadable' }),
    );
  });
});

describe('a row that is no record of its flow', () => {
  test.each(['child', 'master', 'import', 'rawRecords'] as const)('%s: refused with the place', async (record) => {
    const plan = await planFor(mine);
    const strange = ofRecord(await planFor(other), record);
    expect(strange.length).toBeGreaterThan(0);
    // As good a forgery as can be: the other row by its key and with its true guard, for a rule that may write it.
    const evil = withSteps(plan, (steps) =>
      steps.flatMap((step) =>
        step.record === record ? strange.splice(0, 1).map((one) => ({ ...one, flowId: mine.flowId })) : [step],
      ),
    );
    await differs(evil, /\) key: the plan says ".*", the rules say "/);
  });

  test("an import that is another flow's is not taken from it, though it would be linked afterwards", async () => {
    const plan = await planFor(mine);
    await apply(session, await planFor(other), agreed);
    const [linked] = await install.query(
      'select master_flow_id::text as link from migration.data_imports where id = $1',
      [other.importId],
    );
    const evil = withSteps(plan, (steps) =>
      steps.map((step) =>
        step.record === 'import'
          ? {
              ...step,
              key: other.importId,
              guard: { ...step.guard, id: other.importId, master_flow_id: String(linked?.link) },
            }
          : step,
      ),
    );
    const before = await install.everyRow();
    const outcome = await apply(session, evil, agreed);
    const changed = expect.objectContaining({ table: 'data_imports', column: 'client_account_id' });
    expect(outcome).toMatchObject({ kind: 'stale', drift: expect.arrayContaining([changed]) });
    expect(await install.everyRow()).toEqual(before);
  });

  test('a master that got the id of another flow since: of a plan that was made here it is seen before the commit', async () => {
    const { facts } = await diagnose(session, mine.flowId);
    const plan = planRepair(session, facts, { rules: ['master-status-out-of-step'] });
    expect(ofRecord(plan, 'master').flatMap(({ writes }) => writes)).not.toEqual([]);
    await install.query(
      'update migration.crewai_flow_state_extensions set flow_id = gen_random_uuid() where flow_id = $1',
      [mine.flowId],
    );
    const before = await install.everyRow();
    expect(await apply(session, plan, agreed)).toMatchObject({
      kind: 'not verified',
      problems: expect.arrayContaining([expect.stringMatching(/is no record of flow/)]),
    });
    expect(await install.everyRow()).toEqual(before);
  });
});

describe('an undo', () => {
  const evilStep = (): Step => ({
    record: 'child',
    table: { schema: 'migration', name: 'discovery_flows' },
    key: String(mine.child?.id),
    flowId: mine.flowId,
    guard: {},
    writes: [
      text('status', 'deleted'),
      text('client_account_id', mine.flowId),
      text('field_mapping_completed', 'true'),
    ],
  });

  async function receipt() {
    const outcome = await apply(session, await planFor(mine), agreed);
    if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome));
    return outcome.receipt;
  }

  test('of no receipt', async () => {
    const evil = forged(await planFor(mine), () => ({
      kind: 'undo',
      mends: [],
      findings: [],
      leftOut: [],
      steps: [evilStep()],
    }));
    await refused(evil, /an undo of no receipt/);
  });

  test('of a receipt that there is not, also where there is no journal', async () => {
    const undoes = '11111111-2222-4333-8444-555555555555';
    const evil = forged(await planFor(mine), () => ({
      kind: 'undo',
      undoes,
      mends: [],
      findings: [],
      steps: [evilStep()],
    }));
    await refused(evil, /the journal has no receipt/);
    await receipt();
    await refused(evil, /the journal has no receipt/);
  });

  test('of a real receipt by other steps: the receipt is still there to be taken back', async () => {
    const kept = await receipt();
    const honest = planUndo(session, kept);
    await refused(
      withSteps(honest, () => [evilStep()]),
      /is not the undo of receipt/,
    );
    await refused(
      withSteps(honest, (steps) => steps.slice(1)),
      /is not the undo of receipt/,
    );
    await refused(
      withSteps(honest, (steps) => steps.map((step) => ({ ...step, guard: {} }))),
      /is not the undo/,
    );
    await refused(
      forged(honest, () => ({ flows: [other.flowId] })),
      /is not the undo of receipt/,
    );
    expect(await receiptById(session, kept.id)).toMatchObject({ undoneBy: null });
    expect(await apply(session, honest, agreed)).toMatchObject({ kind: 'applied' });
    expect(await apply(session, honest, agreed)).toMatchObject({ kind: 'already applied' });
  });

  test('a repair that says it takes a receipt back does not use it up', async () => {
    const kept = await receipt();
    await refused(
      forged(await planFor(other), () => ({ undoes: kept.id })),
      /a repair that takes a receipt back/,
    );
    expect(await receiptById(session, kept.id)).toMatchObject({ undoneBy: null });
  });
});
