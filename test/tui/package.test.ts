import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const exec = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-package-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the npm package installs by itself, and what it installs runs', async () => {
  // The bundles were built by the set-up of the tests; building them again here would disturb the others.
  await exec('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  const [tarball = ''] = await readdir(folder);
  await exec('npm', ['install', '--prefix', folder, '--offline', '--no-audit', '--no-fund', join(folder, tarball)]);
  expect(await readdir(join(folder, 'node_modules'))).toEqual(expect.arrayContaining(['flowmend']));
  const installed = join(folder, 'node_modules/.bin/flowmend');
  const { stdout: version } = await exec(installed, ['--version']);
  expect(version.trim()).toBe(packageJson.version);
  const { stdout: demo } = await exec(installed, ['demo'], { cwd: folder });
  expect(demo).toContain('STUCK: waits for an approval nobody was shown');
});
