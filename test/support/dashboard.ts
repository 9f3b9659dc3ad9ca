import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { fleet } from '../../shared/demo/fleet.ts';
import { STUCK_FLOW_ID, stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { type Gate, openGate } from './gate.ts';
import { type Install, makeInstall } from './install.ts';
import { openTerminal, type Terminal, type TerminalOptions } from './terminal.ts';

export const SHORT_ID = STUCK_FLOW_ID.slice(0, 8);
export let install: Install;
/** Between the dashboard and its database: shut, the connection is lost. */
export let gate: Gate;
/** The folder that the dashboard runs in. */
export let folder: string;
let terminal: Terminal | undefined;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => [stuckFlow(variant), ...fleet(variant, new Date())]);
  gate = await openGate(install.url);
  folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
});

afterEach(async () => {
  terminal?.close();
  await gate.shut();
  await install.close();
  await rm(folder, { recursive: true });
});

/** Starts the dashboard on an install with the demo's flows, in a pseudo-terminal, and waits for its first screen. */
export async function open(options: TerminalOptions = {}): Promise<Terminal> {
  terminal = openTerminal(['--write'], {
    folder,
    ...options,
    environment: {
      FLOWMEND_DATABASE_URL: gate.url,
      FLOWMEND_API_URL: await install.startApi(),
      ...options.environment,
    },
  });
  await terminal.until('STUCK: waits for an approval');
  return terminal;
}

/** The row of the list that is chosen: by its mark, whatever the terminal can do. */
export function chosen(terminal: Terminal): string {
  return terminal.rows().find((row) => row[1] === '›') ?? '';
}

/** What the two records of the stuck flow say. */
export async function statuses(): Promise<Record<string, unknown> | undefined> {
  const [row] = await install.query(
    `select c.status, m.flow_status as master from ${install.variant.schema}.discovery_flows c
     join ${install.variant.schema}.crewai_flow_state_extensions m using (flow_id) where flow_id = $1`,
    [STUCK_FLOW_ID],
  );
  return row;
}
