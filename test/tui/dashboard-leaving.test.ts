import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { type Gate, openGate } from '../support/gate.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { KEYS, openTerminal, type Terminal } from '../support/terminal.ts';

let install: Install;
let gate: Gate;
let terminal: Terminal;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => [stuckFlow(variant)]);
  gate = await openGate(install.url);
  terminal = openTerminal([], {
    environment: {
      FLOWMEND_DATABASE_URL: gate.url,
      // The server may be silent for an hour: nothing but leaving ends the wait.
      FLOWMEND_STATEMENT_TIMEOUT_MS: '3600000',
    },
  });
  await terminal.until('STUCK: waits for an approval');
});

afterEach(async () => {
  terminal.close();
  await gate.shut();
  await install.close();
});

test.each([
  ['q', 'q'],
  ['Ctrl-C', KEYS.ctrlC],
])('%s leaves though the server hangs in the middle of an answer', async (_, key) => {
  gate.freeze();
  terminal.press('l');
  await terminal.until('locate: preparing');
  terminal.press(key);
  expect(await terminal.exited).toBe(0);
  expect([terminal.alternate(), terminal.cursorShown()]).toEqual([false, true]);
});

/** What a shell with job control does around a program. */
const SHELL = `#!/bin/bash
set -m
"${process.execPath}" "$@"
echo "stopped with $?"
read -r
fg
`;

test('Ctrl-Z hands the terminal back to the shell, and fg draws all of it again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flowmend-shell-'));
  const node = join(folder, 'shell');
  await writeFile(node, SHELL);
  await chmod(node, 0o755);
  const shell = openTerminal([], { node, environment: { FLOWMEND_DATABASE_URL: gate.url } });
  try {
    await shell.until('STUCK: waits for an approval');
    shell.press('\u001a');
    await shell.until('stopped with');
    expect([shell.alternate(), shell.cursorShown()]).toEqual([false, true]);
    shell.press('\r');
    await shell.until('STUCK: waits for an approval');
    expect([shell.alternate(), shell.cursorShown()]).toEqual([true, false]);
    shell.press('?');
    await shell.until('Follow a flow until it moves');
  } finally {
    shell.close();
    await rm(folder, { recursive: true });
  }
});

test('where no shell could continue it, Ctrl-Z stops nothing', async () => {
  terminal.press('\u001a');
  await terminal.until(() => terminal.written().split('\u001b[?1049h').length === 3);
  terminal.press('?');
  await terminal.until('Follow a flow until it moves');
});
