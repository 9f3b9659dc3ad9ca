import {
  brokenRules,
  filterWords,
  flowsToMend,
  heldPlan,
  manyPlanDocument,
  type Plan,
  plain,
  planMany,
  previewMany,
  type WriteSession,
} from '../../shared/index.ts';
import { pickRule } from '../ask/pick-rule.ts';
import { writeSession } from '../connection/write-session.ts';
import type { Face } from '../face.ts';
import { mendMany } from '../mending/mend-many.ts';
import { type LongWork, longWork } from '../say/long-work.ts';
import { inform } from '../say/notify.ts';

/**
 * Mends every flow that breaks a rule: the rule is picked, the flows are resolved once and planned as one plan, which is
 * tried out, rolled back and shown with the id of each flow; then comes the question.
 */
export async function applyManyCommand(face: Face): Promise<void> {
  const session = await writeSession(face.connection);
  const broken = await longWork('counting the flows that break each rule', session, (session) => brokenRules(session));
  if (broken.flows === 0) return nothing('no flow breaks a rule that can be mended.');
  const picked = await pickRule(broken);
  if (!picked) return;
  const whole = await longWork('planning', session, (session, { report }) => planOf(session, picked.rules, report));
  if (whole === 'nothing') return nothing('nobody breaks it any more.');
  const trial = await longWork('trying it out', session, (session, { report }) =>
    previewMany(session, whole, (tried, all) => report(tried, all, `${tried} of ${all} flows, rolled back`)),
  );
  const plan = heldPlan(whole, trial);
  await face.previews.show(`${plain(manyPlanDocument(plan ?? whole, trial))}\n`, 'plan-of-many.txt');
  if (!plan) return nothing('none of these flows can be mended like this; the document says why.');
  await mendMany(face, session, plan, trial);
}

async function planOf(
  session: WriteSession,
  rules: readonly string[] | undefined,
  report: LongWork['report'],
): Promise<Plan | 'nothing'> {
  const { flowIds, found } = await flowsToMend(session, { rules });
  if (flowIds.length === 0) return 'nothing';
  return planMany(session, flowIds, {
    rules,
    chosenBy: `${filterWords(session, { rules })}: ${found} found`,
    onProgress: (planned, all) => report(planned, all, `${planned} of ${all} flows`),
  });
}

function nothing(why: string): void {
  void inform(`nothing was written: ${why}`);
}
