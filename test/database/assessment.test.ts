import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowRows } from '../../shared/demo/flow-rows.ts';
import type { InstallVariant } from '../../shared/demo/install-schema.ts';
import { openDemo } from '../../shared/demo/open-demo.ts';
import { sessionOfFlow } from '../../shared/diagnose/find/session-of-flow.ts';
import { locate } from '../../shared/diagnose/locate/locate.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { diagnosisText } from '../../shared/report/text/diagnosis-text.ts';
import { resume } from '../../shared/resume/resume.ts';
import { watch } from '../../shared/resume/watch.ts';
import { openSession, type WriteSession } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { plain } from '../../shared/words/tone.ts';
import { assessed, assessmentFlow } from '../support/assessment-flow.ts';
import { flow, hoursAgo } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

const older: InstallVariant = { schema: 'migration', linkTarget: 'id', statusCheck: false, assessments: true };
const newer: InstallVariant = {
  schema: 'public',
  linkTarget: 'flow_id',
  statusCheck: true,
  assessments: true,
  swapsJson: true,
};

const rowsWith = assessmentFlow;
const completed = { status: 'completed', ...assessed(6), completed_at: hoursAgo(1) };

interface Case {
  readonly rows: FlowRows & { flowId: string };
  readonly finds: readonly string[];
  readonly mends: boolean;
}

const CASES: Record<string, Case> = {
  'progress out of step': {
    rows: rowsWith({ child: { progress: 10 } }),
    finds: ['progress-out-of-step'],
    mends: true,
  },
  'master out of step': {
    rows: rowsWith({ master: { flow_status: 'initialized' } }),
    finds: ['master-status-out-of-step'],
    mends: true,
  },
  'all phases complete but not completed': {
    rows: rowsWith({ child: assessed(6), master: { flow_status: 'completed' } }),
    finds: ['all-phases-complete'],
    mends: true,
  },
  'completed without a time': {
    rows: rowsWith({ child: { ...completed, completed_at: null }, master: { flow_status: 'completed' } }),
    finds: ['completed-at-missing'],
    mends: true,
  },
  'current phase behind': {
    rows: rowsWith({ child: { current_phase: 'initialization' } }),
    finds: ['phase-behind-flags'],
    mends: true,
  },
  'current phase ahead': {
    rows: rowsWith({ child: { current_phase: 'finalization' } }),
    finds: ['phase-ahead-of-flags'],
    mends: false,
  },
  'completed with open phases': {
    rows: rowsWith({
      child: { ...completed, ...assessed(4) },
      master: { flow_status: 'completed' },
    }),
    finds: ['completed-with-open-phases'],
    mends: false,
  },
  'phase results out of order': {
    rows: rowsWith({ child: { phase_results: { initialization: {}, tech_debt_analysis: {} } } }),
    finds: ['flags-out-of-order'],
    mends: false,
  },
  'a phase that is told not to be done': {
    rows: rowsWith({
      child: { phase_results: { initialization: {}, architecture_minimums: {}, tech_debt_analysis: false } },
    }),
    finds: [],
    mends: false,
  },
  stalled: { rows: rowsWith({ child: { updated_at: hoursAgo(30) } }), finds: ['stalled'], mends: false },
  'no master': { rows: { ...rowsWith(), master: undefined }, finds: ['master-missing'], mends: false },
  'unknown phase': {
    rows: rowsWith({ child: { current_phase: 'field_mapping' } }),
    finds: ['phase-unknown'],
    mends: false,
  },
  'unknown status': {
    rows: rowsWith({ child: { status: 'superseded' } }),
    finds: ['child-status-unknown'],
    mends: false,
  },
  'another tenant': {
    rows: rowsWith({ master: { engagement_id: randomUUID() } }),
    finds: ['tenant-differs'],
    mends: false,
  },
};

const healthy = {
  working: rowsWith(),
  'waiting for its user': rowsWith({
    child: { status: 'paused_for_user_input', updated_at: hoursAgo(30) },
    master: { flow_status: 'paused' },
  }),
  completed: rowsWith({ child: completed, master: { flow_status: 'completed' } }),
  'not begun, its results of another shape': rowsWith({ child: { ...assessed(0), phase_results: ['initialization'] } }),
  'not begun, its results no object at all': rowsWith({ child: { ...assessed(0), phase_results: 7 } }),
  failed: rowsWith({ child: { status: 'failed' }, master: { flow_status: 'failed' } }),
};

describe.each([older, newer])('assessment flows (schema $schema, checks $statusCheck)', (variant) => {
  let install: Install;
  let session: WriteSession;
  const all = [...Object.values(CASES).map(({ rows }) => rows), ...Object.values(healthy)];
  const beside = flow(variant);

  beforeAll(async () => {
    install = await makeInstall('PostgreSQL', () => [...all, beside], variant);
    session = await install.session({ FLOWMEND_KIND: 'assessment' });
  });
  afterAll(() => install.close());
  const findingsOf = async (flowId: string) =>
    (await diagnose(session, flowId)).diagnosis.findings.map((finding) => finding.rule);

  test('who gives the id of a master record for a flow is told which flow it is of', async () => {
    const { flowId, master } = healthy.working;
    await expect(diagnose(session, String(master?.id))).rejects.toMatchObject({
      code: 'unknown-flow',
      next: `It is the id of the master record of flow ${flowId}: give that one.`,
    });
  });

  test.each(Object.entries(healthy))('%s: healthy', async (_, { flowId }) => {
    const { diagnosis } = await diagnose(session, flowId);
    expect(diagnosis.findings).toEqual([]);
    expect(diagnosis).toMatchObject({ kind: 'assessment', verdict: 'healthy', notAsked: [], notices: [] });
  });

  test.each(Object.entries(CASES))('%s: exactly its finding', async (_, { rows, finds, mends }) => {
    expect(await findingsOf(rows.flowId)).toEqual(finds);
    const before = await install.everyRow();
    const plan = planRepair(session, (await diagnose(session, rows.flowId)).facts);
    expect(plan.mends.length > 0).toBe(mends);
    if (!mends) return;
    const applied = await apply(session, plan, { createJournal: true });
    if (applied.kind !== 'applied') throw new Error(JSON.stringify(applied));
    expect(await findingsOf(rows.flowId)).toEqual([]);
    const undone = await apply(session, planUndo(session, applied.receipt), { createJournal: false });
    expect(undone.kind).toBe('applied');
    expect(await install.everyRow()).toEqual(before);
  });

  test('a scan of the kind says the same of all of them, and of no discovery flow', async () => {
    const { flows, totals, kind, notAsked } = await scan(session, { healthy: true, reach: 'every flow' });
    expect([kind, totals.flows, notAsked]).toEqual(['assessment', all.length, []]);
    const found = new Map(flows.map((one) => [one.flowId, one.findings.map((finding) => finding.rule)]));
    for (const { rows, finds } of Object.values(CASES)) expect(found.get(rows.flowId)).toEqual(finds);
    for (const { flowId } of Object.values(healthy)) expect(found.get(flowId)).toEqual([]);
  });

  test('nothing of a discovery flow is shown: no import, no mappings', async () => {
    const { diagnosis } = await diagnose(session, healthy.working.flowId);
    expect(diagnosis.records.map(({ record }) => record)).toEqual(['child', 'master']);
    expect([diagnosis.import, diagnosis.fieldMappings]).toEqual([null, null]);
    const text = plain(diagnosisText(diagnosis));
    expect(text).not.toMatch(/mapping|import|\(no /);
    expect(text).toMatch(/· component_sixr_strategies +not started/);
    expect(text).toMatch(/resume calls\n {2}None\.$/m);
    expect(diagnosis.records[0]?.values).toMatchObject({
      progress: '33',
      'phase_results.architecture_minimums': 'true',
      'phase_results.tech_debt_analysis': 'false',
    });
  });

  test('what the phases rest on is guarded: a phase completed meanwhile makes the plan stale', async () => {
    const { flowId } = CASES['progress out of step']?.rows ?? { flowId: '' };
    const plan = planRepair(session, (await diagnose(session, flowId)).facts);
    const set = (results: string) =>
      install.query(
        `update ${variant.schema}.assessment_flows set phase_results = ${results} where flow_id = '${flowId}'
         returning phase_results::text as results`,
      );
    const [{ results } = {}] = await set('phase_results');
    await set(`'{"initialization": 1, "architecture_minimums": 1, "tech_debt_analysis": 1}'`);
    expect(await apply(session, plan, { createJournal: true })).toMatchObject({
      kind: 'stale',
      drift: [{ table: 'assessment_flows', column: 'phase_results' }],
    });
    await set(`'${results}'`);
  });

  test('no resume call is offered, since its endpoints are not known', async () => {
    const diagnosed = await diagnose(session, healthy['waiting for its user'].flowId);
    expect(diagnosed.diagnosis.resume).toMatchObject({ possible: false, endpoint: null, calls: [] });
    expect(await resume(session, diagnosed)).toMatchObject({
      kind: 'not resumable',
      why: 'Flowmend knows no endpoint that resumes assessment flows; nothing was sent',
    });
  });

  test('it is followed and located as any flow', async () => {
    const { flowId } = healthy.working;
    const { value } = await watch(session, { flowId, timeoutMs: 1, everyMs: 1 }).next();
    expect(value).toMatchObject({ status: 'processing', phase: 'tech_debt_analysis', moved: false });
    const { locations } = await locate(session, flowId);
    expect(locations.map(({ table, column }) => `${table}.${column}`).sort()).toEqual([
      'assessment_flows.flow_id',
      'assessment_flows.master_flow_id',
      'crewai_flow_state_extensions.flow_id',
    ]);
  });

  test('the kind of a flow is found by its id', async () => {
    const any = await install.session();
    const kindOf = async (typed: string) => (await sessionOfFlow(any, typed)).model.kind;
    expect(await kindOf(healthy.working.flowId)).toBe('assessment');
    expect(await kindOf(healthy.working.flowId.slice(0, 13))).toBe('assessment');
    expect(await kindOf(beside.flowId)).toBe('discovery');
    expect(await kindOf(randomUUID())).toBe('discovery');
    // Where a kind is asked for, no other is tried.
    expect((await sessionOfFlow(session, beside.flowId)).model.kind).toBe('assessment');
  });
});

test('a prefix of flows of two kinds is ambiguous, and the kinds are named', async () => {
  const one = flow(older);
  const two = assessmentFlow();
  const id = (rest: string) => `abcdef00-0000-4000-8000-0000000000${rest}`;
  const install = await makeInstall(
    'PostgreSQL',
    () => [
      { ...one, master: { ...one.master, flow_id: id('01') }, child: { ...one.child, flow_id: id('01') } },
      { ...two, master: { ...two.master, flow_id: id('02') }, child: { ...two.child, flow_id: id('02') } },
    ],
    older,
  );
  const session = await install.session();
  await expect(sessionOfFlow(session, 'abcdef')).rejects.toMatchObject({
    code: 'ambiguous-id',
    message: '"abcdef" begins the ids of discovery and assessment flows.',
  });
  expect((await sessionOfFlow(session, id('02'))).model.kind).toBe('assessment');
  await install.close();
});

test('an id of flows of two kinds is ambiguous too, unless a kind is asked for', async () => {
  const one = flow(older);
  const two = assessmentFlow({ child: { progress: 10 } });
  const install = await makeInstall(
    'PostgreSQL',
    () => [
      one,
      { ...two, master: undefined, child: { ...two.child, flow_id: one.flowId, master_flow_id: one.flowId } },
    ],
    older,
  );
  await expect(sessionOfFlow(await install.session(), ` ${one.flowId}`)).rejects.toMatchObject({
    code: 'ambiguous-id',
    message: `"${one.flowId}" is the id of discovery and assessment flows.`,
    next: 'Say which kind with --kind or FLOWMEND_KIND.',
  });
  const asked = await sessionOfFlow(await install.session({ FLOWMEND_KIND: 'assessment' }), one.flowId);
  const { diagnosis } = await diagnose(asked, one.flowId);
  expect(diagnosis.findings.map(({ rule }) => rule)).toContain('progress-out-of-step');
  await install.close();
});

test('the kind of a master without a child is found where no flow has the id', async () => {
  const alone = { ...assessmentFlow({ master: { updated_at: hoursAgo(5) } }), child: undefined };
  const beside = flow(older, { master: { flow_type: 'assessment' } });
  const install = await makeInstall('PostgreSQL', () => [alone, beside], older);
  const session = await install.session();
  for (const typed of [alone.flowId, alone.flowId.slice(0, 13)]) {
    const { diagnosis } = await diagnose(await sessionOfFlow(session, typed), typed);
    expect([diagnosis.kind, diagnosis.flowId]).toEqual(['assessment', alone.flowId]);
    expect(diagnosis.findings.map(({ rule }) => rule)).toEqual(['master-without-child']);
  }
  expect((await sessionOfFlow(session, beside.flowId)).model.kind).toBe('discovery');
  await install.close();
});

test('the kind of a flow is found on the primary, whatever a replica has', async () => {
  const rows = assessmentFlow();
  const primary = await makeInstall('PostgreSQL', () => [rows], older);
  const replica = await makeInstall('PostgreSQL', () => [], older);
  const session = await primary.session({ FLOWMEND_READ_URL: replica.url });
  const found = await sessionOfFlow(session, rows.flowId);
  expect((await diagnose(found, rows.flowId)).diagnosis.kind).toBe('assessment');
  await primary.close();
  await replica.close();
});

test('an install without assessment flows has none, and a kind that there is not is refused', async () => {
  const install = await makeInstall('PostgreSQL', () => []);
  expect((await sessionOfFlow(await install.session(), randomUUID())).model.kind).toBe('discovery');
  await expect(install.session({ FLOWMEND_KIND: 'assessment' })).rejects.toMatchObject({ code: 'wrong-schema' });
  await expect(install.session({ FLOWMEND_KIND: 'dance' })).rejects.toMatchObject({ code: 'usage' });
  await install.close();
});

test('the demo has three: one is well, one has a warning, one is stuck', async () => {
  const demo = await openDemo();
  const session = await openSession(settingsFrom({ ...demo.environment, FLOWMEND_KIND: 'assessment' }));
  const { totals } = await scan(session);
  expect(totals).toEqual({ flows: 3, error: 1, warning: 1, info: 0, healthy: 1 });
  await session.close();
  await demo.close();
});
