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
  visible,
  type WriteSession,
} from '../shared/index.ts';
import type { Context, OptionValues } from './command.ts';
import { consentOf } from './consent.ts';
import { type ExitCode, exitCodeOfApply, exitCodes } from './exit-code.ts';

/** Shows what a plan does, asks, applies it and says what came of it: for repairs and undos alike. */
export async function applyPlan(
  context: Context,
  session: WriteSession,
  plan: Plan,
  options: OptionValues,
  kind: 'apply' | 'undo',
): Promise<ExitCode> {
  const { output, confirm } = context;
  const { production, database } = session.settings;
  if (options.yes !== true) {
    const run = await preview(session, plan);
    output.lines(runText(run, output.width));
    const journal = journalNotice(await journalPlace(session, plan));
    // To type the name of a production connection is the answer; a y before it would be one question too many.
    if (production && journal !== '') output.lines([[span(journal)]]);
    if (!production && !(await confirm(`Write this to ${database.label}?${journal && ` ${journal}`}`)))
      return turnedAway(context);
  }
  const consent = await consentOf(context, session, options);
  if (!consent) return turnedAway(context);
  const outcome = await apply(session, plan, { ...consent, createJournal: true });
  output.lines([...applyText(outcome, plan.kind), ...leftOpen(plan.leftOut)]);
  output.document(kind, { schemaVersion: 1, outcome, leftOut: plan.leftOut });
  return exitCodeOfApply(outcome);
}

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
