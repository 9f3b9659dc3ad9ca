import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const IMPORT = /(?:from\s+|import\s*\(\s*|^import\s+)['"]([^'"]+)['"]/gm;

/** Every TypeScript file below a folder, by its path from here. */
export async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every import in the files below a folder, of types too, with what it names. */
export async function importsOf(folder: string): Promise<{ file: string; to: string }[]> {
  const files = await sources(folder);
  const all = await Promise.all(
    files.map(async (file) =>
      [...(await readFile(file, 'utf8')).matchAll(IMPORT)].map(([, to = '']) => ({ file, to })),
    ),
  );
  return all.flat();
}
