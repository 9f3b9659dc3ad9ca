import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { z } from 'zod';

const PackageJson = z.object({ name: z.string(), version: z.string(), license: z.string() });

const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.|-|$)/i;

/** The packages that a bundle was made of, by their folders. */
export function bundledPackages({ inputs }: Metafile): string[] {
  const folders = Object.keys(inputs).flatMap((path) => {
    const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    return folder ?? [];
  });
  return [...new Set(folders)].sort();
}

/**
 * The licences and notices of packages, one below the other, for whoever gets the bundle.
 * @throws an Error for a package that names no licence
 */
export async function licencesOf(folders: readonly string[]): Promise<string> {
  const parts = new Set([...(await Promise.all(folders.map(licenceOf))), await postgresqlLicence()]);
  return `${[...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = PackageJson.parse(
    JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')),
  );
  const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return [`${name} ${version} (${license})`, ...texts.map((text) => text.trim())].join('\n\n');
}

/** Two packages carry parts of PostgreSQL as WebAssembly and not its licence. */
async function postgresqlLicence(): Promise<string> {
  return (await readFile('scripts/postgresql-licence.txt', 'utf8')).trim();
}
