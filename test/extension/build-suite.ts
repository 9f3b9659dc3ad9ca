import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const SUITE = resolve('.cache/extension-suite/suite.cjs');
const RUNNER = resolve('.cache/extension-suite/runner.vsix');

/** Bundles the suite for the extension host, which loads it as CommonJS. Returns its path. */
export async function buildSuite(): Promise<string> {
  await build({
    entryPoints: ['test/extension/suite/index.ts'],
    outfile: SUITE,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'pg-native'],
    define: { 'import.meta.url': '__filename' },
    logLevel: 'error',
  });
  return SUITE;
}

/** Packages the extension that runs the suite. Returns the path of the file to install. */
export async function packageRunner(): Promise<string> {
  await mkdir(resolve('.cache/extension-suite'), { recursive: true });
  const vsce = resolve('node_modules/@vscode/vsce/vsce');
  const flags = ['package', '--no-dependencies', '--skip-license', '--allow-missing-repository', '--out', RUNNER];
  await promisify(execFile)(process.execPath, [vsce, ...flags], { cwd: 'test/extension/runner' });
  return RUNNER;
}
