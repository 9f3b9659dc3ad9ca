import { apply, applyText, journalExists, type Plan, preview, runText, type Session, span } from '../shared/index.ts';
import type { Context, OptionValues } from './command.ts';
import { type ExitCode, exitCodeOfApply, exitCodes } from './exit-code.ts';

/** Shows what a plan does, asks, applies it and says what came of it: for repairs and undos alike. */
export async function applyPlan(
  { output, confirm }: Context,
  session: Session,
  plan: Plan,
  options: OptionValues,
  kind: 'apply' | 'undo',
): Promise<ExitCode> {
  if (options.yes !== true) {
    const run = await preview(session, plan);
    output.lines(runText(run));
    const journal = (await journalExists(session.primary))
      ? ''
      : ' The journal (schema "flowmend") is made in this database on first use.';
    const agreed = await confirm(`Write this to ${session.settings.database.label}?${journal}`);
    if (!agreed) {
      output.lines([[span('Nothing was written.')]]);
      return exitCodes.refused;
    }
  }
  const reason = typeof options.reason === 'string' ? options.reason : undefined;
  const outcome = await apply(session, plan, { reason, createJournal: true });
  output.lines(applyText(outcome));
  output.document(kind, { schemaVersion: 1, outcome });
  return exitCodeOfApply(outcome);
}
