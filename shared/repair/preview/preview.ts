import { refuseUnjudged } from '../../rules/judge/not-judged.ts';
import type { WriteSession } from '../../session.ts';
import { refuseForged } from '../check/check-plan.ts';
import type { Plan } from '../document/plan.ts';
import type { Run } from '../run/run-plan.ts';
import { runPlan } from '../run/run-plan.ts';
import { tryWayBack } from '../run/way-back.ts';

/**
 * Runs the whole plan in a transaction that is rolled back: what it shows is what the database, its triggers and
 * constraints made of it, not what was meant. Of a repair the way back is tried right after it.
 * @throws Failure of the connection, `read-only`, `no-rights`, `lock-timeout`; `plan-forged`
 */
export async function preview(session: WriteSession, plan: Plan): Promise<Run> {
  refuseUnjudged(session, plan.kind);
  await refuseForged(plan, session);
  return session.writer.trial(async (transaction) => {
    const { run } = await runPlan(session, transaction, plan);
    if (plan.kind === 'undo' || run.kind !== 'ran' || run.changes.length === 0) return run;
    return { ...run, wayBack: await tryWayBack(session, transaction, run.changes) };
  });
}
