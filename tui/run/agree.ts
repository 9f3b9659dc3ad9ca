import { type Consent, journalNotice, journalPlace, type Plan, span, type WriteSession } from '../../shared/index.ts';
import type { Context, OptionValues } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { consentOf } from './consent.ts';

/** What a person agreed to. */
export interface Agreement {
  readonly consent: Consent;
  /** What is new about the journal and was not said with the question: to be said by {@link tellNotice} once it is used. */
  readonly notice: string;
}

/**
 * Asks whether the plan that was shown may be written, and says what is new about its journal. Who answers by `--yes` is told
 * afterwards, since a file of this machine guarantees less; of a plan that is refused nothing is said. Undefined where the
 * person turned away.
 * @throws Failure `usage` where nobody can be asked
 */
export async function agreed(
  context: Context,
  session: WriteSession,
  plan: Plan,
  { options, question }: { readonly options: OptionValues; readonly question: string },
): Promise<Agreement | undefined> {
  const { output, confirm } = context;
  const { production } = session.settings;
  const notice = journalNotice(await journalPlace(session, plan));
  if (options.yes === true) return agreement(await consentOf(context, session, options), notice);
  // To type the name of a production connection is the answer; a y before it would be one question too many.
  if (production && notice !== '') output.lines([[span(notice)]]);
  if (!production && !(await confirm(`${question}${notice && ` ${notice}`}`))) return undefined;
  return agreement(await consentOf(context, session, options), '');
}

function agreement(consent: Consent | undefined, notice: string): Agreement | undefined {
  return consent && { consent, notice };
}

export function tellNotice({ output }: Context, { notice }: Agreement): void {
  if (notice === '') return;
  if (output.json) output.error(notice);
  else output.lines([[span(notice, 'warn')]]);
}

export function turnedAway({ output }: Context): ExitCode {
  output.lines([[span('Nothing was written.')]]);
  return exitCodes.refused;
}
