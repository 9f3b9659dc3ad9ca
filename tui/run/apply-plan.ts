import {
  type ApplyOutcome,
  apply,
  applyText,
  choicesText,
  notJudged,
  type Plan,
  planText,
  preview,
  type Run,
  runText,
  type UndoDraft,
  type WayBack,
  type WriteSession,
  wayBackAfter,
} from '../../shared/index.ts';
import type { Context, OptionValues } from '../command.ts';
import { type ExitCode, exitCodeOfApply } from '../exit-code.ts';
import { serverMeant } from '../plan/server-meant.ts';
import { agreed, tellNotice, turnedAway } from './agree.ts';

/** What the answer is called; of an undo also the flows that it leaves. */
type As =
  | { readonly kind: 'apply' }
  | ({ readonly kind: 'undo'; readonly otherServer: string | undefined } & Pick<UndoDraft, 'changed' | 'failed'>);

/** Shows what a plan does, asks, applies it and says what came of it: for repairs and undos alike. */
export async function applyPlan(
  context: Context,
  session: WriteSession,
  plan: Plan,
  options: OptionValues,
  as: As,
): Promise<ExitCode> {
  const { output } = context;
  const run = options.yes === true ? undefined : await preview(session, plan);
  if (run) output.lines(runText(run, output.width));
  const question = QUESTIONS[as.kind](plan, session.settings.database.label);
  const server = as.kind === 'undo' ? await serverMeant(context, as.otherServer, options) : undefined;
  if (server === 'turned away') return turnedAway(context);
  const agreement = await agreed(context, session, plan, { options, question });
  if (!agreement) return turnedAway(context);
  const outcome = await apply(session, plan, { ...agreement.consent, ...server, createJournal: true });
  if (outcome.kind !== 'refused') tellNotice(context, agreement);
  const wayBack = as.kind === 'apply' ? await wayBackOf(session, run, outcome) : undefined;
  // Where the database refused a write there are no rows to show, only what was tried.
  if (outcome.kind === 'not verified' && outcome.changes.length === 0) output.lines([...planText(plan), []]);
  output.lines([...applyText(outcome, plan.kind, wayBack), ...choicesText(plan.leftOut)]);
  const answer = { schemaVersion: 1, outcome, leftOut: plan.leftOut } as const;
  if (as.kind === 'apply') output.document('apply', { ...answer, wayBack });
  else output.document('undo', { ...answer, ...notJudged(session), changed: [...as.changed], failed: [...as.failed] });
  return exitCodeOfApply(outcome);
}

/** As the preview found out; where nobody was shown one, it is tried now. */
async function wayBackOf(
  session: WriteSession,
  run: Run | undefined,
  outcome: ApplyOutcome,
): Promise<WayBack | undefined> {
  if (outcome.kind !== 'applied') return undefined;
  if (run?.kind === 'ran' && run.wayBack) return run.wayBack;
  return wayBackAfter(session, outcome.receipt);
}

const QUESTIONS: Record<As['kind'], (plan: Plan, database: string) => string> = {
  apply: (_, database) => `Write this to ${database}?`,
  undo: ({ flows }, database) =>
    `Take back ${flows.length === 1 ? 'this flow' : `these ${flows.length} flows`} in ${database}?`,
};
