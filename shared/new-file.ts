import { writeFile } from 'node:fs/promises';
import { Failure } from './failure.ts';

/**
 * Writes a file that only this user can read. Never overwrites: the path must be new.
 * @throws Failure `usage`
 */
export async function writeNewFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    throw new Failure(
      'usage',
      `${path} cannot be written${code === 'EEXIST' ? ': it exists already' : ` (${code})`}.`,
      { next: 'Choose another file name.', cause: thrown },
    );
  }
}
