import { type Consent, journalNotice, journalPlace, type Plan, span, type WriteSession } from '../shared/index.ts';
import type { Context, OptionValues } from './command.ts';
import { consentOf } from './consent.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';

/**
 * Asks whether the plan that was shown may be written, and tells what is new about its journal; with `--yes` nobody is
 * asked, and that only this machine will know of the receipt is told all the same. Undefined where the person turned away.
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
  const place = await journalPlace(session, plan);
  const notice = journalNotice(place);
  if (options.yes === true) {
    const consent = await consentOf(context, session, options);
    if (consent && place.kind === 'file') output.error(notice);
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
