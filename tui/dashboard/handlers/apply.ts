import { diagnose, openChoices, planRepair } from '../../../shared/index.ts';
import type { Handler } from '../loop/handler.ts';
import type { Picks } from '../state/panel.ts';
import { askToRun } from './ask-to-run.ts';

/** Plans the repair from the flow as it is now, lets a person pick where one must, previews it and asks. */
export const askApply: Handler = (work) => askApplyWith({})(work);

/** The same with what was picked so far. */
export function askApplyWith(picks: Picks): Handler {
  return async ({ session, flowId, show }) => {
    const { facts } = await diagnose(session, flowId);
    const choices = Object.fromEntries(
      Object.entries(picks).flatMap(([rule, value]) => (value === null ? [] : [[rule, value]])),
    );
    const plan = planRepair(session, facts, { choices });
    const open = openChoices(plan, session).find(({ rule }) => !(rule in picks));
    if (open) show({ kind: 'choice', flowId, open, picks });
    else if (plan.steps.every((step) => step.writes.length === 0)) show({ kind: 'nothing to mend', flowId, plan });
    else show(await askToRun(session, flowId, { kind: 'apply', plan, receipt: undefined, facts }));
  };
}
