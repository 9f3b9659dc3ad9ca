import {
  apply,
  applyText,
  choicesText,
  type Plan,
  preview,
  runText,
  type UndoDraft,
  type WriteSession,
} from '../shared/index.ts';
import { agreed, tellNotice, turnedAway } from './agree.ts';
import type { Context, OptionValues } from './command.ts';
import { type ExitCode, exitCodeOfApply } from './exit-code.ts';

/** What the answer is called; of an undo also the flows that it leaves. */
type As = { readonly kind: 'apply' } | ({ readonly kind: 'undo' } & Pick<UndoDraft, 'changed' | 'failed'>);

/** Shows what a plan does, asks, applies it and says what came of it: for repairs and undos alike. */
export async function applyPlan(
  context: Context,
  session: WriteSession,
  plan: Plan,
  options: OptionValues,
  as: As,
): Promise<ExitCode> {
  const { output } = context;
  if (options.yes !== true) output.lines(runText(await preview(session, plan), output.width));
  const question = QUESTIONS[as.kind](plan, session.settings.database.label);
  const agreement = await agreed(context, session, plan, { options, question });
  if (!agreement) return turnedAway(context);
  const outcome = await apply(session, plan, { ...agreement.consent, createJournal: true });
  if (outcome.kind !== 'refused') tellNotice(context, agreement);
  output.lines([...applyText(outcome, plan.kind), ...choicesText(plan.leftOut)]);
  const answer = { schemaVersion: 1, outcome, leftOut: plan.leftOut } as const;
  if (as.kind === 'apply') output.document('apply', answer);
  else output.document('undo', { ...answer, changed: [...as.changed], failed: [...as.failed] });
  return exitCodeOfApply(outcome);
}

const QUESTIONS: Record<As['kind'], (plan: Plan, database: string) => string> = {
  apply: (_, database) => `Write this to ${database}?`,
  undo: ({ flows }, database) =>
    `Take back ${flows.length === 1 ? 'this flow' : `these ${flows.length} flows`} in ${database}?`,
};
