import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Vitest's global set-up: the tests of the faces run what users run, the bundles in `dist`. */
export default async function setup(): Promise<void> {
  await promisify(execFile)(process.execPath, ['scripts/build.ts']);
}
