import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { node20 } from '../support/node-20.ts';
import { openTerminal } from '../support/terminal.ts';

const exec = promisify(execFile);
const COMMAND = 'dist/flowmend.cjs';

let install: Install;
let node: string;
beforeAll(async () => {
  node = await node20();
  install = await makeInstall('PostgreSQL', (variant) => [stuckFlow(variant)]);
});
afterAll(() => install.close());

test('the packages say which Node they need', () => {
  expect([packageJson.engines.node, packageJson.bin.flowmend]).toEqual(['>=20', COMMAND]);
});

test('a Node before 20 reads the command, and is told in one sentence what is needed', async () => {
  const text = await readFile(COMMAND, 'utf8');
  // What an old Node cannot read would be written in another way for it, or be refused; import() is not reached there.
  const supported = { 'dynamic-import': true };
  const [old, now] = await Promise.all(['es5', 'esnext'].map((target) => transform(text, { target, supported })));
  expect(old?.code).toBe(now?.code);
  const older = "Object.defineProperty(process.versions, 'node', { value: '18.20.8' }); require(process.argv[1]);";
  const ended = await exec(node, ['-e', older, join(process.cwd(), COMMAND)]).catch((thrown: unknown) => thrown);
  expect(ended).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'flowmend: this is Node 18.20.8; Flowmend needs Node 20 or newer.\n',
  });
});

test('Node 20 runs the command line', async () => {
  const env = { PATH: process.env.PATH ?? '', FLOWMEND_DATABASE_URL: install.url };
  const { stdout: version } = await exec(node, [COMMAND, '--version'], { env });
  expect(version.trim()).toBe(packageJson.version);
  const scanned = await exec(node, [COMMAND, 'scan'], { env }).catch((thrown: unknown) => thrown);
  expect(scanned).toMatchObject({ code: 1, stdout: expect.stringContaining('1 discovery flows'), stderr: '' });
  const { stdout: demo } = await exec(node, [COMMAND, 'demo'], { env });
  expect(demo).toContain('STUCK: waits for an approval nobody was shown');
});

test('Node 20 runs the dashboard: it shows its first frame, and leaves', async () => {
  const terminal = openTerminal([], { node, environment: { FLOWMEND_DATABASE_URL: install.url } });
  try {
    await terminal.until('STUCK: waits for an approval');
    terminal.press('q');
    expect(await terminal.exited).toBe(0);
  } finally {
    terminal.close();
  }
});

/** What this Node has of the language and of its own modules, printed by it. */
const HERE = `
const modules = require('node:module').builtinModules.filter((name) => !name.startsWith('_'));
const statics = ['Array', 'Object', 'Map', 'Promise', 'URL', 'Math', 'Error', 'RegExp', 'Iterator', 'AbortSignal', 'String'];
console.log(JSON.stringify({
  globals: Object.getOwnPropertyNames(globalThis),
  statics: statics.flatMap((name) => Object.getOwnPropertyNames(globalThis[name] ?? {}).map((one) => name + '.' + one)),
  modules: Object.fromEntries(modules.map((name) => [name, Object.keys(require(name))])),
}));`;

const FILLED = ['Map.groupBy', 'Object.groupBy', 'Promise.withResolvers'];

test('nothing in the bundles is newer than Node 20, but what they fill in', async () => {
  const [old, now] = await Promise.all(
    [node, process.execPath].map(async (path) => JSON.parse((await exec(path, ['-e', HERE])).stdout)),
  );
  const newer = now.statics.filter((name: string) => !old.statics.includes(name) && !FILLED.includes(name));
  expect(newer).toContain('Promise.try');
  const files = (await readdir('dist')).filter((name) => name.endsWith('.js'));
  const found = [];
  for (const file of files) {
    const text = await readFile(join('dist', file), 'utf8');
    found.push(...newer.filter((name: string) => new RegExp(`\\b${name.replace('.', '\\.')}\\(`).test(text)));
    for (const [, names = '', module = ''] of text.matchAll(/^import \{([^}]+)\} from ["']node:([^"']+)["']/gm)) {
      const imported = names.split(',').map((name) => name.trim().split(' ')[0] ?? '');
      found.push(...imported.filter((name) => !old.modules[module]?.includes(name)).map((name) => `${module} ${name}`));
    }
  }
  expect(found).toEqual([]);
});
