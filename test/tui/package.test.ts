import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
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

const IN_BOTH = [
  'LICENSE',
  'CHANGELOG.md',
  'dist/flowmend.js',
  'dist/extension.js',
  'dist/pglite.wasm',
  'dist/LICENSES.txt',
  'docs/rules/import-unlinked.md',
];

/** The pictures and pages that a readme shows and links by a path beside it. */
async function besideReadme(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  return [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link ?? '');
}

test('`vsce package` works as it is; both packages hold what their readme shows, and no source maps', async () => {
  const copy = join(folder, 'copy');
  for (const name of [
    'dist',
    'docs',
    'media',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    '.vscodeignore',
    '.npmignore',
  ]) {
    await cp(name, join(copy, name), { recursive: true });
  }
  // Without scripts nothing is built again.
  await writeFile(join(copy, 'package.json'), JSON.stringify({ ...packageJson, scripts: {} }));
  const vsce = resolve('node_modules/.bin/vsce');
  const { stdout: said } = await exec(vsce, ['package', '--out', 'made.vsix'], { cwd: copy });
  expect(said).toContain('Packaged: ');
  const { stdout: inVsix } = await exec(vsce, ['ls'], { cwd: copy });
  const { stdout: inNpm } = await exec('npm', ['pack', '--dry-run', '--json'], { cwd: copy });
  const files: { path: string }[] = JSON.parse(inNpm)[0].files;
  for (const [readme, names] of [
    // VS Code shows no picture that lies beside a readme, and vsce knows no address for one: this readme has none.
    ['docs/vscode.md', inVsix.trim().split('\n')],
    ['README.md', files.map(({ path }) => path)],
  ] as const) {
    expect(names).toEqual(expect.arrayContaining([readme, ...IN_BOTH, ...(await besideReadme(readme))]));
    expect(names.filter((name) => /\.(map|ts|vsix)$/.test(name))).toEqual([]);
  }
});
