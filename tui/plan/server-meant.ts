import { type Consent, Failure } from '../../shared/index.ts';
import type { CommandOption, Context, OptionValues } from '../command.ts';

/** Where nobody can be asked: what else the question would. */
export const OTHER_SERVER_OPTION: CommandOption = {
  flags: '--other-server',
  about: 'take back also what was written on another server, of which this one is a copy',
};

/**
 * The word of the person that a receipt of another server is meant, where it is one: a restored dump holds its journal too.
 * @throws Failure `usage` where nobody can be asked
 */
export async function serverMeant(
  { interactive, output, confirm }: Context,
  server: string | undefined,
  options: OptionValues,
): Promise<Pick<Consent, 'server'> | 'turned away'> {
  if (server === undefined) return {};
  if (options.otherServer === true) return { server };
  const said = `This was written on another server (system identifier ${server}): this database may be a restored copy.`;
  if (!interactive || output.json) {
    throw new Failure('usage', said, { next: 'Add --other-server where the copy is meant.' });
  }
  return (await confirm(`${said} Take it back here all the same?`)) ? { server } : 'turned away';
}
