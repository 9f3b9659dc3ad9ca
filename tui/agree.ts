import { type Consent, journalNotice, journalPlace, type Plan, span, type WriteSession } from '../shared/index.ts';
import type { Context, OptionValues } from './command.ts';
import { consentOf } from './consent.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';

/**
 * Asks whether the plan that was shown may be written, and tells what is new about its journal; who answers by `--yes`
 * is told all the same: a file of this machine guarantees less. Undefined where the person turned away.
 * @throws Failure `usage` where nobody can be asked
 */
export async function agreed(
  context: Context,
  session: WriteSession,
  plan: Plan,
  { options, question }: { readonly options: OptionValues; readonly question: string },
): Promise<Consent | undefined> {
  const { output, confirm } = context;
  const { production } = session.settings;
  const notice = journalNotice(await journalPlace(session, plan));
  if (options.yes === true) {
    const consent = await consentOf(context, session, options);
    if (consent && notice !== '') {
      if (output.json) output.error(notice);
      else output.lines([[span(notice, 'warn')]]);
    }
    return consent;
  }
  // To type the name of a production connection is the answer; a y before it would be one question too many.
  if (production && notice !== '') output.lines([[span(notice)]]);
  if (!production && !(await confirm(`${question}${notice && ` ${notice}`}`))) return undefined;
  return consentOf(context, session, options);
}

export function turnedAway({ output }: Context): ExitCode {
  output.lines([[span('Nothing was written.')]]);
  return exitCodes.refused;
}
