import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The real workbench and extension host of VS Code 1.139, from an npm package and without native builds. */
const VERSION = '4.139.1';
const CACHE = resolve('.cache/code-server');
const PACKAGE = join(CACHE, 'node_modules/code-server');
const DONE = join(CACHE, `installed-${VERSION}`);

/** Generous: a slow machine is no failure. */
const START_LIMIT_MS = 300_000;

const exec = promisify(execFile);

/** Installs code-server into the cache folder, once. */
export async function provisionCodeServer(): Promise<void> {
  if (existsSync(DONE)) return;
  await mkdir(CACHE, { recursive: true });
  const install = (...args: string[]) => ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...args];
  const vscode = join(PACKAGE, 'lib/vscode');
  await exec('npm', install('--prefix', CACHE, `code-server@${VERSION}`), { maxBuffer: 1e8 });
  await exec('npm', install('--omit=dev'), { cwd: vscode, maxBuffer: 1e8 });
  await exec('npm', install('--omit=dev'), { cwd: join(vscode, 'extensions'), maxBuffer: 1e8 });
  await writeFile(DONE, '');
}

export interface CodeServer {
  readonly url: string;
  readonly said: string[];
  stop(): Promise<void>;
}

/** Installs the packaged extensions into a profile of their own and starts the server on loopback. */
export async function startCodeServer(options: {
  folder: string;
  vsix: readonly string[];
  workspace: string;
  environment: Record<string, string>;
}): Promise<CodeServer> {
  const { folder, vsix, workspace, environment } = options;
  const entry = join(PACKAGE, 'out/node/entry.js');
  const dirs = ['--user-data-dir', join(folder, 'user'), '--extensions-dir', join(folder, 'extensions')];
  await mkdir(join(folder, 'user/User'), { recursive: true });
  await writeFile(
    join(folder, 'user/User/settings.json'),
    JSON.stringify({
      'workbench.startupEditor': 'none',
      'workbench.tips.enabled': false,
      'telemetry.telemetryLevel': 'off',
      'chat.disableAIFeatures': true,
      'workbench.secondarySideBar.defaultVisibility': 'hidden',
      'editor.minimap.enabled': false,
    }),
  );
  for (const file of vsix) await exec(process.execPath, [entry, ...dirs, '--install-extension', file]);
  const flags = [
    '--auth',
    'none',
    '--bind-addr',
    '127.0.0.1:0',
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
  ];
  const child = spawn(process.execPath, [entry, ...dirs, ...flags], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that stopping it stops its extension hosts too.
    detached: true,
  });
  const said: string[] = [];
  const url = await new Promise<string>((found, failed) => {
    const timer = setTimeout(() => failed(new Error(`code-server did not start: ${said.join('')}`)), START_LIMIT_MS);
    const listen = (chunk: unknown) => {
      said.push(String(chunk));
      const address = /HTTP server listening on (http:\/\/[\d.:]+)/.exec(said.join(''))?.[1];
      if (address) {
        clearTimeout(timer);
        found(`${address}/?folder=${encodeURIComponent(workspace)}`);
      }
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => failed(new Error(`code-server ended with ${code}: ${said.join('')}`)));
  });
  return {
    url,
    said,
    async stop() {
      // One that ended by itself ends no second time.
      if (child.exitCode !== null || child.signalCode !== null || !child.pid) return;
      const ended = new Promise((resolved) => child.once('exit', resolved));
      process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}
