import { expect, test } from 'vitest';
import { gate, open, SHORT_ID } from '../support/dashboard.ts';
import { KEYS } from '../support/terminal.ts';

test('when the database goes away the last known state stays, with its age, and it recovers by itself', async () => {
  const terminal = await open();
  await gate.shut();
  const offline = await terminal.until(/✖ offline: \d+ s old/);
  expect(offline).toContain('✖ No connection to the database');
  expect(offline).toContain('Retrying.');
  expect(offline).toContain(`✖›${SHORT_ID}`);
  expect(offline).toContain('STUCK: waits for an approval nobody was shown');
  expect(offline).not.toContain('live');

  // Another flow was never read: what the list knows is shown, and that it is only that.
  terminal.press('j');
  await terminal.until('Only what the last scan saw:');
  terminal.press('p');
  await terminal.until(/^✖ No connection to the database: .*\n.* q quit/m);
  // What was read of a flow stays its last known state.
  terminal.press('k');
  await terminal.until('STUCK: waits for an approval nobody was shown');
  terminal.press('m');
  await terminal.until('FAILURE');
  expect(terminal.screen()).toMatch(/No connection to the database: [\s\S]*Nothing was written\./);
  terminal.press(KEYS.escape);

  await gate.open();
  await terminal.until(/live \d s/);
  await terminal.until('STUCK: waits for an approval nobody was shown');
  expect(terminal.screen()).not.toContain('offline');
});

test('a network that swallows everything is noticed, and given up for new connections', async () => {
  // Short, and yet longer than a slow machine takes to answer.
  const patience = { FLOWMEND_STATEMENT_TIMEOUT_MS: '3000', FLOWMEND_CONNECT_TIMEOUT_MS: '3000' };
  const terminal = await open({ environment: patience });
  gate.freeze();
  const offline = await terminal.until(/✖ offline: \d+ s old/);
  expect(offline).toContain('STUCK: waits for an approval nobody was shown');
  gate.thaw();
  await terminal.until(/live \d s/);
  terminal.press('q');
  expect(await terminal.exited).toBe(0);
});
