import { namingWords } from '../connection/connection.ts';
import type { Face } from '../face.ts';
import { inform } from '../say/notify.ts';
import { pick } from '../say/pick.ts';

/**
 * Works on the database that the environment names, once a person said that it is meant.
 * @param shown the database that they saw when they said so, by its label; without it they are asked
 */
export async function connectEnvironmentCommand({ connection }: Face, shown?: unknown): Promise<void> {
  const destination = await connection.destination();
  if (destination.kind !== 'offered') {
    void inform(NOT_OFFERED[destination.kind]);
    return;
  }
  const { label } = destination.settings.database;
  if (shown !== label && !(await isMeant(label, namingWords(destination)))) return;
  await connection.connectEnvironment(label);
}

const NOT_OFFERED = {
  none: 'the environment names no database.',
  demo: 'the demo is open; leave it first.',
  kept: 'a connection is set, which comes before the environment. Forget it first.',
  environment: 'this window is connected to the database of the environment already.',
};

async function isMeant(label: string, names: string): Promise<boolean> {
  const rows = [
    { label: 'Leave it as it is', meant: false },
    { icon: 'plug', label: `Connect to ${label}`, detail: 'In this window, until it is closed', meant: true },
  ];
  return (await pick(rows, { title: 'Flowmend: database of the environment', placeHolder: names }))?.meant ?? false;
}
