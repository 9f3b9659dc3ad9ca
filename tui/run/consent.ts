import { type Consent, connectionName, Failure, type Session } from '../../shared/index.ts';
import type { Context, OptionValues } from '../command.ts';

/**
 * What production asks for before a write: its name, typed or by `--confirm`, and, for what is journalled, a reason.
 * Undefined where the person turned away.
 * @throws Failure `usage` where nobody can type it
 */
export async function consentOf(
  context: Context,
  session: Session,
  options: OptionValues,
): Promise<Consent | undefined> {
  const given = typeof options.reason === 'string' ? options.reason : undefined;
  const { settings } = session;
  if (!settings.production) return { reason: given };
  const name = connectionName(settings);
  const reason =
    given ?? (await typed(context, 'Why, for the journal? ', `${name} is production: add --reason <text>.`));
  if (reason.trim() === '') return undefined;
  return named(context, session, options, reason);
}

/** The same for a call to the platform, which is not journalled. */
export async function named(
  context: Context,
  { settings }: Session,
  { confirm }: OptionValues,
  reason?: string,
): Promise<Consent | undefined> {
  if (!settings.production) return { reason };
  const name = connectionName(settings);
  const question = `${name} is production. Type its name to go on: `;
  const said =
    typeof confirm === 'string'
      ? confirm
      : await typed(context, question, `${name} is production: add --confirm <name>.`);
  return said.trim() === '' ? undefined : { reason, name: said.trim() };
}

function typed({ interactive, output, ask }: Context, question: string, otherwise: string): Promise<string> {
  if (!interactive || output.json) throw new Failure('usage', otherwise, { next: '--yes alone is not enough there.' });
  return ask(question);
}
