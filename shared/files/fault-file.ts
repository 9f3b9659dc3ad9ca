import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withoutCredentials } from '../secrets/secret-patterns.ts';
import { stateFolder } from './state-folder.ts';

/** Longest text of one error that is kept. */
const MAX_TEXT = 20_000;

/**
 * Writes what is known of an error that nobody foresaw where only this user can read it: its text and where in Flowmend it
 * was thrown, without credentials. One fault is one file, however often it is met.
 * @returns its path; undefined where it could not be written
 */
export function writeFault(thrown: unknown): string | undefined {
  const text = `${withoutCredentials(textOf(thrown).slice(0, MAX_TEXT))}\n`;
  const folder = stateFolder();
  const path = join(folder, `fault-${createHash('sha256').update(text).digest('hex').slice(0, 12)}.txt`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  } catch {
    return undefined;
  }
}

function textOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause === undefined ? '' : `\ncaused by ${textOf(thrown.cause)}`;
  return `${thrown.stack ?? `${thrown.name}: ${thrown.message}`}${cause}`;
}
