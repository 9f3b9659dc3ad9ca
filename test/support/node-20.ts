import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const FOLDER = resolve('node_modules/.cache/node-20');

/** The path of a Node 20: the machine's own where it has one, else npm's package of it, installed once. */
export async function node20(): Promise<string> {
  const installed = join(FOLDER, 'node_modules/node/bin/node');
  for (const path of [...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node')), installed]) {
    if (await isNode20(path)) return path;
  }
  await mkdir(FOLDER, { recursive: true });
  await exec('npm', ['install', '--prefix', FOLDER, '--no-save', '--no-audit', '--no-fund', 'node@20']);
  if (await isNode20(installed)) return installed;
  throw new Error(`${installed} is no Node 20.`);
}

async function isNode20(path: string): Promise<boolean> {
  try {
    const { stdout } = await exec(path, ['--version']);
    return stdout.startsWith('v20.');
  } catch {
    return false;
  }
}
