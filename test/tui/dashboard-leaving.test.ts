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
