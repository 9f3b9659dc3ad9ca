import { keptSettings } from '../connection/connection-settings.ts';
import type { KeptConnection } from '../connection/kept-connection.ts';
import type { Face } from '../face.ts';
import { inform } from '../say/notify.ts';
import { pick } from '../say/pick.ts';

/** Forgets the connection that is kept, once a person saw which one and agreed. */
export async function clearConnectionCommand({ connection }: Face): Promise<void> {
  const what = await connection
    .kept()
    .then(wordsOf)
    .catch(() => 'the connection that cannot be read');
  if (what === undefined) {
    void inform('no connection is kept here: there is nothing to forget.');
    return;
  }
  const picked = await pick(
    [
      { label: 'Leave it as it is', forgotten: false },
      { label: `Forget ${what}`, detail: 'Deletes it from the secret storage: it has to be set anew', forgotten: true },
    ],
    { title: 'Flowmend: forget the connection?', placeHolder: 'Its address, its API with the token, and its mark' },
  );
  if (picked?.forgotten) await connection.forget();
}

function wordsOf(kept: KeptConnection | undefined): string | undefined {
  return kept && keptSettings(kept, process.env, undefined).database.label;
}
