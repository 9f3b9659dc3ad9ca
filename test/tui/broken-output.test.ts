import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STUCK_FLOW_ID, stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { flow, WAITING } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
let environment: Record<string, string>;
let waiting = '';

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const one = flow(variant, WAITING);
    waiting = one.flowId;
    return [stuckFlow(variant), one, ...Array.from({ length: 50 }, () => flow(variant, WAITING))];
  });
  environment = { FLOWMEND_DATABASE_URL: install.url, FLOWMEND_API_URL: await install.startApi() };
});
afterAll(() => install.close());

function started(args: string[], stdout: 'pipe' | number) {
  return spawn(process.execPath, ['dist/flowmend.js', ...args], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', stdout, 'pipe'],
  });
}

function ended(child: ReturnType<typeof started>): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr })));
}

describe('a reader that went away changes no exit code', () => {
  test.each([
    ['scan', ['scan', '--json', '--all'], 1],
    ['scan --stream', ['scan', '--stream'], 1],
    ['watch that sees it not move', ['watch', STUCK_FLOW_ID, '--timeout', '1'], 6],
    ['resume of a flow to repair first', ['resume', STUCK_FLOW_ID, '--yes'], 6],
    ['diagnose of an unknown flow', ['diagnose', 'ffffffff-0000-4000-8000-000000000000', '--json'], 2],
  ])('%s', async (_, args, code) => {
    const child = started(args, 'pipe');
    child.stdout?.destroy();
    expect(await ended(child)).toEqual({ code, stderr: '' });
  });

  test('a resume that moved: 0', async () => {
    const child = started(['resume', waiting, '--yes'], 'pipe');
    child.stdout?.destroy();
    expect(await ended(child)).toEqual({ code: 0, stderr: '' });
  });
});

test.skipIf(!existsSync('/dev/full')).each([
  ['an answer', ['scan']],
  ['a failure as a document', ['diagnose', 'zzz', '--json']],
  ['the help', ['--help']],
])('%s that cannot be written is lost: 3, never "findings"', async (_, args) => {
  const { code, stderr } = await ended(started(args, openSync('/dev/full', 'w')));
  expect([code, stderr]).toEqual([3, 'flowmend: the answer could not be written (ENOSPC).\n']);
});
