import { afterAll, beforeAll, expect, test } from 'vitest';
import { STUCK_FLOW_ID, stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { openTerminal } from '../support/terminal.ts';

let install: Install;
beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => [stuckFlow(variant)]);
});
afterAll(() => install.close());

test('at 80x24: inside JSON with a progress bar, of which nothing is left under the answer', async () => {
  const terminal = openTerminal(['locate', STUCK_FLOW_ID, '--inside-json'], {
    environment: { FLOWMEND_DATABASE_URL: install.url },
  });
  try {
    expect(await terminal.exited).toBe(0);
    expect(terminal.written()).toContain('░░░░░░░░░░░░░░░░░░░░ 0 of 5 tables');
    expect(terminal.written()).toContain('████████████████████ 5 of 5 tables');
    expect(terminal.screen()).toContain('migration.discovery_flows.flow_id');
    expect(terminal.screen()).not.toMatch(/[█░]/);
  } finally {
    terminal.close();
  }
});
