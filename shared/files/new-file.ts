import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, rename, rm, writeFile } from 'node:fs/promises';
import { Failure } from '../failure.ts';

/**
 * Writes a file that only this user can read. Never overwrites: the path must be new. It is there whole or not at all.
 * @throws Failure `usage`
 */
export async function writeNewFile(path: string, text: string): Promise<void> {
  try {
    await writtenWhole(path, text, (written) => putNew(written, path));
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    const exists = code === 'EEXIST';
    throw new Failure('usage', `${path} cannot be written${exists ? ': it exists already' : ` (${code})`}.`, {
      next: exists ? 'Choose another file name.' : 'Nothing was saved. Choose a place that can be written.',
      cause: thrown,
    });
  }
}

/** Writes a file in place of what is there: what was there stays where the new one cannot be written whole. */
export async function writeOver(path: string, text: string): Promise<void> {
  await writtenWhole(path, text, (written) => rename(written, path));
}

/** Writes beside the path first: a full disk, or an end in the middle, leaves nothing at the path itself. */
async function writtenWhole(path: string, text: string, put: (written: string) => Promise<void>): Promise<void> {
  const written = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(written, text, { flag: 'wx', mode: 0o600 });
    await put(written);
  } finally {
    await rm(written, { force: true });
  }
}

async function putNew(written: string, path: string): Promise<void> {
  try {
    // Unlike a rename, a link is refused where the path is taken.
    await link(written, path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') throw thrown;
    await copyNew(written, path);
  }
}

/** Some file systems have no links. */
async function copyNew(written: string, path: string): Promise<void> {
  try {
    await copyFile(written, path, constants.COPYFILE_EXCL);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') await rm(path, { force: true });
    throw thrown;
  }
}
