import { settingsFrom } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { pickAccess } from '../pick-access.ts';
import { failureText } from '../say/failure-text.ts';
import { typed } from '../say/pick.ts';

const KEEP = 'Leave empty to keep the one there is.';

/** Asks for the connection, and how carefully it is written to; both are kept in the editor's secret storage. */
export async function setConnectionCommand({ connection }: Face): Promise<void> {
  const now = await connection.markStored();
  const known = now !== undefined;
  const url = await typed({
    title: 'Flowmend: database (1 of 3)',
    prompt: `Kept in the secret storage of the editor, never in a settings file. ${known ? KEEP : ''}`,
    placeHolder: 'postgresql://user:password@host:5432/database',
    password: true,
    validateInput: problemIn,
  });
  if (url === undefined || (url === '' && !known)) return;
  const token = await typed({
    title: "Flowmend: token of the platform's API (2 of 3)",
    prompt: `${KEEP} The address is the setting flowmend.apiUrl.`,
    password: true,
  });
  const mark = await pickAccess('Flowmend: access (3 of 3)', now);
  // Who turns away here has not said whether it may be written to: nothing is kept.
  if (mark) await connection.store({ databaseUrl: url || undefined, apiToken: token || undefined, mark });
}

function problemIn(url: string): string | undefined {
  if (url === '') return undefined;
  try {
    settingsFrom({ DATABASE_URL: url });
    return undefined;
  } catch (thrown) {
    return failureText(thrown);
  }
}
