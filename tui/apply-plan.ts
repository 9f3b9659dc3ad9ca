import {
  apply,
  applyText,
  journalNotice,
  journalPlace,
  type LeftOut,
  type Line,
  type Plan,
  preview,
  runText,
  span,
  type UndoDraft,
  visible,
  type WriteSession,
} from '../shared/index.ts';
import type { Context, OptionValues } from './command.ts';
import { consentOf } from './consent.ts';
import { type ExitCode, exitCodeOfApply, exitCodes } from './exit-code.ts';

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
  const { output, confirm } = context;
  const { production, database } = session.settings;
  if (options.yes !== true) {
    const run = await preview(session, plan);
    output.lines(runText(run, output.width));
    const journal = journalNotice(await journalPlace(session, plan));
    // To type the name of a production connection is the answer; a y before it would be one question too many.
    if (production && journal !== '') output.lines([[span(journal)]]);
    if (!production && !(await confirm(`${QUESTIONS[as.kind](plan, database.label)}${journal && ` ${journal}`}`)))
      return turnedAway(context);
  } else await tellJournal(context, session, plan);
  const consent = await consentOf(context, session, options);
  if (!consent) return turnedAway(context);
  const outcome = await apply(session, plan, { ...consent, createJournal: true });
  output.lines([...applyText(outcome, plan.kind), ...leftOpen(plan.leftOut)]);
  const answer = { schemaVersion: 1, outcome, leftOut: plan.leftOut } as const;
  if (as.kind === 'apply') output.document('apply', answer);
  else output.document('undo', { ...answer, changed: [...as.changed], failed: [...as.failed] });
  return exitCodeOfApply(outcome);
}

/** Who answers by --yes is told what is new about the journal all the same: a file of this machine guarantees less. */
export async function tellJournal({ output }: Context, session: WriteSession, plan: Plan): Promise<void> {
  const notice = journalNotice(await journalPlace(session, plan));
  if (notice !== '') output.lines([[span(notice, 'warn')]]);
}

const QUESTIONS: Record<As['kind'], (plan: Plan, database: string) => string> = {
  apply: (_, database) => `Write this to ${database}?`,
  undo: ({ flows }, database) =>
    `Take back ${flows.length === 1 ? 'this flow' : `these ${flows.length} flows`} in ${database}?`,
};

function turnedAway({ output }: Context): ExitCode {
  output.lines([[span('Nothing was written.')]]);
  return exitCodes.refused;
}

/** What waits for a person's choice: told, since the repair went on without it. */
function leftOpen(leftOut: readonly LeftOut[]): Line[] {
  return leftOut
    .filter(({ reason }) => reason === 'choice')
    .map(({ rule, why, options }) => [
      span(`○ left out: ${visible(rule)}: ${visible(why)}`, 'note'),
      span(`  --choose ${visible(rule)}=${options.map(({ value }) => visible(value)).join('|')}`, 'dim'),
    ]);
}
