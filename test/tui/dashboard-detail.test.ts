import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fleet } from '../../shared/demo/fleet.ts';
import { STUCK_FLOW_ID, stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { latestReceipt } from '../../shared/repair/journal/journal-place.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { diagnosisText } from '../../shared/report/text/diagnosis-text.ts';
import type { WriteSession } from '../../shared/session.ts';
import { plain } from '../../shared/words/tone.ts';
import { commandOf } from '../../tui/dashboard/keys/command.ts';
import { detailLines } from '../../tui/dashboard/lines/detail-lines.ts';
import { layoutOf } from '../../tui/dashboard/screen/layout.ts';
import { initialState, reduce, type State } from '../../tui/dashboard/state/state.ts';
import { flow } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

const WIDTH = 79;
let install: Install;
let session: WriteSession;

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => [stuckFlow(variant), ...fleet(variant, new Date())]);
  session = await install.session();
});
afterAll(() => install.close());

async function lookingAt(flowId: string, on = session): Promise<State> {
  const diagnosed = await diagnose(on, flowId);
  const receipt = await latestReceipt(on, flowId);
  const state = { ...initialState(Date.now()), selected: flowId };
  return reduce(state, { type: 'diagnosed', flowId, diagnosed, receipt });
}

/** The flow of the demo whose import a person has to pick: its advice is longer than a line. */
async function undecided(): Promise<string> {
  const { flows } = await scan(session);
  for (const { flowId } of flows) {
    const { diagnosis } = await diagnose(session, flowId);
    if (diagnosis.recommended.some(({ action, text }) => action === 'choose' && text.length > 100)) return flowId;
  }
  throw new Error('The demo has no such flow.');
}

test('what a person has to choose is shown in full where there are lines for it, and cut where not', async () => {
  const state = await lookingAt(await undecided());
  const advice =
    state.details[0]?.diagnosed?.diagnosis.recommended.find(({ action }) => action === 'choose')?.text ?? '';
  const words = (text: string) => text.replaceAll(/\s+/g, ' ');
  expect(words(plain(detailLines(state, WIDTH, 20)))).toContain(`choose: ${words(advice)}`);
  const small = detailLines(state, WIDTH, 5);
  expect(small.length).toBeLessThanOrEqual(5);
  expect(words(plain(small))).not.toContain(words(advice));
  // The text of the diagnosis has no width.
  expect(plain(diagnosisText((await diagnose(session, state.selected ?? '')).diagnosis))).toContain(advice);
});

test('nothing is cut where empty rows stand below, and a small terminal shows the first finding in its own words', async () => {
  const state = await lookingAt(STUCK_FLOW_ID);
  const diagnosis = state.details[0]?.diagnosed?.diagnosis;
  const words = plain(detailLines(state, 59, 40)).replaceAll(/\s+/g, ' ');
  expect(words).not.toContain('…');
  expect(words).toContain(`because ${diagnosis?.resume.why.replaceAll(/\s+/g, ' ')}`);
  const small = plain(detailLines(state, 59, 5));
  expect(small).toMatch(/^STUCK: .*\n✖ child status +running → waiting.*\n… 5 more: Enter shows all\n/);
  // Values stand below each other only where none is cut by it; of phases to come the name gives way.
  const narrow = plain(detailLines(state, 59, 8));
  expect(narrow).toContain('✖ master flow_status initialization → waiting_for_approval\n');
  expect(narrow).toContain('✔ import  ⏸ mapping  ·  ·  ·  ·');
});

test('r before mending says what comes first', async () => {
  const command = commandOf('r', await lookingAt(STUCK_FLOW_ID), layoutOf(80, 24));
  expect(command).toMatchObject({ event: { text: 'resume is not offered yet: mend it first, with m.' } });
});

test('what keeps a flow from going on stands where resuming does, and r says it', async () => {
  const bare = await makeInstall('PostgreSQL', (variant) => [
    flow(variant, {
      child: { status: 'paused' },
      master: { flow_status: 'paused' },
      rawRecords: { engagement_id: randomUUID() },
    }),
  ]);
  try {
    const on = await bare.session();
    const flowId = (await scan(on)).flows[0]?.flowId ?? '';
    const state = await lookingAt(flowId, on);
    const why = "another tenant's records stand in it (raw-records-other-tenant)";
    expect(plain(detailLines(state, 160, 20))).toContain(`resume: continue with data_cleansing; not yet: ${why}`);
    const command = commandOf('r', state, layoutOf(80, 24));
    expect(command).toMatchObject({ event: { text: `resume is not offered: ${why}.` } });
  } finally {
    await bare.close();
  }
});

test('a repair is said to be undoable until something else wrote to its rows', async () => {
  const { facts } = await diagnose(session, STUCK_FLOW_ID);
  await apply(session, planRepair(session, facts), { createJournal: true });
  const mended = plain(detailLines(await lookingAt(STUCK_FLOW_ID), WIDTH, 20));
  expect(mended).toMatch(/mended .*: u takes it back/);
  await install.query(`update migration.discovery_flows set updated_at = clock_timestamp() where flow_id = $1`, [
    STUCK_FLOW_ID,
  ]);
  const since = plain(detailLines(await lookingAt(STUCK_FLOW_ID), WIDTH, 20));
  expect(since).toMatch(/mended .*; its rows were written since/);
  expect(since).not.toContain('takes it back');
});
