import { apply, applyText, choicesText, type Plan, preview, runText, type WriteSession } from '../shared/index.ts';
import { agreed, turnedAway } from './agree.ts';
import type { Context, OptionValues } from './command.ts';
import { type ExitCode, exitCodeOfApply } from './exit-code.ts';

/** Shows what a plan does, asks, applies it and says what came of it: for repairs and undos alike. */
export async function applyPlan(
  context: Context,
  session: WriteSession,
  plan: Plan,
  options: OptionValues,
  kind: 'apply' | 'undo',
): Promise<ExitCode> {
  const { output } = context;
  if (options.yes !== true) output.lines(runText(await preview(session, plan), output.width));
  const consent = await agreed(context, session, plan, options);
  if (!consent) return turnedAway(context);
  const outcome = await apply(session, plan, { ...consent, createJournal: true });
  output.lines([...applyText(outcome), ...choicesText(plan.leftOut)]);
  output.document(kind, { schemaVersion: 1, outcome, leftOut: plan.leftOut });
  return exitCodeOfApply(outcome);
}
