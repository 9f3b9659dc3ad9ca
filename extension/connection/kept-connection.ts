import { z } from 'zod';
import { Failure } from '../../shared/index.ts';
import { AccessMark, readMark } from './access-mark.ts';

/** The part of the editor's secret storage that is needed. */
interface Secrets {
  get(key: string): Thenable<string | undefined>;
  store(key: string, value: string): Thenable<void>;
  delete(key: string): Thenable<void>;
}

/** A connection that a person set: database, API and mark are one secret, so that none of them meets another's. */
const KeptConnection = z.object({
  databaseUrl: z.string().min(1),
  /** Where there is no address there is no token: it is sent nowhere else. */
  api: z.object({ address: z.string().min(1), token: z.string().min(1).optional() }).optional(),
  /** One that cannot be read counts as read-only. */
  mark: AccessMark.catch({ kind: 'read-only' }),
});
export type KeptConnection = z.infer<typeof KeptConnection>;

const KEY = 'flowmend.connection';
/** Version 0.1.0 kept the parts by themselves. */
const OLDER = { databaseUrl: 'flowmend.databaseUrl', apiToken: 'flowmend.apiToken', mark: 'flowmend.access' };

/**
 * The connection that is kept; undefined where none is. The token that 0.1.0 kept is left out: for which address it was meant is
 * not known.
 * @throws Failure `settings-invalid` where it cannot be read
 */
export async function readKept(secrets: Secrets): Promise<KeptConnection | undefined> {
  const kept = await secrets.get(KEY);
  if (kept !== undefined) return parsed(kept);
  const databaseUrl = await secrets.get(OLDER.databaseUrl);
  return databaseUrl ? { databaseUrl, mark: readMark(await secrets.get(OLDER.mark)) } : undefined;
}

export async function keep(secrets: Secrets, connection: KeptConnection): Promise<void> {
  await secrets.store(KEY, JSON.stringify(connection));
  await forgetOlder(secrets);
}

export async function forgetKept(secrets: Secrets): Promise<void> {
  // Cut off in the middle, an older connection must not take the place of the newer one.
  await forgetOlder(secrets);
  await secrets.delete(KEY);
}

async function forgetOlder(secrets: Secrets): Promise<void> {
  for (const key of Object.values(OLDER)) await secrets.delete(key);
}

function parsed(kept: string): KeptConnection {
  try {
    return KeptConnection.parse(JSON.parse(kept));
  } catch {
    // The cause would repeat what was kept.
    throw new Failure('settings-invalid', 'The connection that is kept in the secret storage cannot be read.', {
      next: 'Set it anew by "Flowmend: Set Connection", or forget it.',
    });
  }
}
