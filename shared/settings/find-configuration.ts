import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { type ConfigurationSource, type Configured, MAX_CHARACTERS, tooLarge, unconfigured } from './configuration.ts';

export const CONFIGURATION_FILE = 'flowmend.yaml';

/**
 * Reads the configuration of this run: the file that FLOWMEND_CONFIG names, else `flowmend.yaml` in the folder, where
 * there is one.
 * @throws Failure `settings-invalid`, with file and line
 */
export async function findConfiguration(
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): Promise<Configured> {
  const named = environment.FLOWMEND_CONFIG;
  const path = named || join(folder, CONFIGURATION_FILE);
  try {
    const { size } = await stat(path);
    if (size > MAX_CHARACTERS) throw tooLarge(path);
    const text = await readFile(path, 'utf8');
    return named
      ? await parseConfiguration(text, path)
      : await parseConfiguration(text, CONFIGURATION_FILE, 'in the folder');
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    if (!named && (thrown as NodeJS.ErrnoException).code === 'ENOENT') return unconfigured;
    const what = named ? 'The configuration that FLOWMEND_CONFIG names' : path;
    throw new Failure('settings-invalid', `${what} cannot be read (${(thrown as NodeJS.ErrnoException).code}).`, {
      next: 'FLOWMEND_CONFIG names the configuration file; without it flowmend.yaml of the current folder is read.',
      cause: thrown,
    });
  }
}

/**
 * Parses the text of a configuration file.
 * @param name what errors call the file
 * @param found why it is this one: the answers say so where nobody named it
 * @throws Failure `settings-invalid`, with file and line, never with a value
 */
export async function parseConfiguration(
  text: string,
  name: string,
  found: ConfigurationSource['found'] = 'by name',
): Promise<Configured> {
  // Most runs have no such file and need no parser for it.
  const { parsedConfiguration } = await import('./parsed-configuration.ts');
  return parsedConfiguration(text, { name, found });
}
