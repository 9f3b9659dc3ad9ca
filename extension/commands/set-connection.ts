import { pickAccess } from '../ask/pick-access.ts';
import { keptSettings } from '../connection/connection-settings.ts';
import type { KeptConnection } from '../connection/kept-connection.ts';
import type { Face } from '../face.ts';
import { failureText } from '../say/failure-text.ts';
import { typed } from '../say/pick.ts';

const KEEP = 'Leave empty to keep the one there is.';

/**
 * Asks for the connection, its API and how carefully it is written to; all of it is kept together in the editor's secret
 * storage. Who turns away anywhere has changed nothing.
 */
export async function setConnectionCommand({ connection }: Face): Promise<void> {
  // What cannot be read is set anew.
  const now = await connection.kept().catch(() => undefined);
  const databaseUrl = await typedDatabase(now);
  if (databaseUrl === undefined) return;
  // Nothing of a connection to another database is taken over.
  const same = now && isOne(now.databaseUrl, databaseUrl) ? now : undefined;
  const api = await typedApi(databaseUrl, same?.api);
  if (api === 'left') return;
  const replaced = now && !same ? ` It takes the place of ${labelOf(now.databaseUrl) ?? 'the one there is'}.` : '';
  const mark = await pickAccess('Flowmend: access (4 of 4)', same?.mark, `How is it written to?${replaced}`);
  if (mark) await connection.keep({ databaseUrl, api, mark });
}

async function typedDatabase(now: KeptConnection | undefined): Promise<string | undefined> {
  const url = await typed({
    title: 'Flowmend: database (1 of 4)',
    prompt: `Kept in the secret storage of the editor, never in a settings file. ${now ? KEEP : ''}`,
    placeHolder: 'postgresql://user:password@host:5432/database',
    password: true,
    validateInput: (text) => problemIn({ databaseUrl: text }),
  });
  return url || (url === '' ? now?.databaseUrl : undefined);
}

/** The API of this connection. A token is kept for the address that it was typed for, and for no other. */
async function typedApi(databaseUrl: string, now: KeptConnection['api']): Promise<KeptConnection['api'] | 'left'> {
  const typedAddress = await typed({
    title: "Flowmend: address of the platform's API (2 of 4)",
    prompt: now ? `${KEEP} It is ${now.address}` : 'Leave empty where there is none: no flow can be resumed then.',
    placeHolder: 'https://platform.example.com',
    validateInput: (address) => problemIn({ databaseUrl, api: { address } }),
  });
  if (typedAddress === undefined) return 'left';
  const address = typedAddress || now?.address;
  if (address === undefined) return undefined;
  const known = address === now?.address ? now.token : undefined;
  const token = await typed({
    title: "Flowmend: token of the platform's API (3 of 4)",
    prompt: known ? KEEP : `Sent to ${address} only. Leave empty where it takes none.`,
    password: true,
    validateInput: (text) => problemIn({ databaseUrl, api: { address, token: text } }),
  });
  return token === undefined ? 'left' : { address, token: token || known };
}

/** Two addresses lead to one database, though its password may have changed. */
function isOne(one: string, other: string): boolean {
  return one === other || (labelOf(one) ?? one) === labelOf(other);
}

/** Undefined for an address that cannot be used any more. */
function labelOf(databaseUrl: string): string | undefined {
  try {
    return keptSettings({ databaseUrl, mark: { kind: 'writable' } }, process.env, undefined).database.label;
  } catch {
    return undefined;
  }
}

/** What is wrong with what was typed so far; nothing is, where it is left empty. */
function problemIn({ databaseUrl, api }: Pick<KeptConnection, 'databaseUrl' | 'api'>): string | undefined {
  if ((api?.token ?? api?.address ?? databaseUrl) === '') return undefined;
  try {
    keptSettings({ databaseUrl, api, mark: { kind: 'writable' } }, process.env, undefined);
    return undefined;
  } catch (thrown) {
    return failureText(thrown);
  }
}
