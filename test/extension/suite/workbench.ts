import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import * as vscode from 'vscode';
import { flowPath } from '../../../extension/documents/flow-address.ts';
import { settingsFrom } from '../../../shared/settings/settings.ts';
import type { Doing } from '../person.ts';

/** Generous: a slow machine is no failure. */
const LONGEST_WAIT_MS = 40_000;

/** Waits until `look` gives something, and fails with what it waited for. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > deadline) throw new Error(`never saw ${what}`);
    await sleep(50);
  }
}

/** Runs one statement on the database that the extension works on. */
export async function query(text: string, parameters: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: process.env.FLOWMEND_DATABASE_URL });
  await client.connect();
  try {
    return (await client.query(text, parameters)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** Another session that holds a row of a flow, until it is let go. */
export async function holding(
  flowId: string | undefined,
): Promise<{ waitedFor(): Promise<void>; letGo(): Promise<void> }> {
  const client = new pg.Client({ connectionString: process.env.FLOWMEND_DATABASE_URL });
  await client.connect();
  await client.query('begin');
  await client.query('select 1 from migration.discovery_flows where flow_id = $1 for update', [flowId]);
  return {
    waitedFor: lockWaitedFor,
    letGo: () => client.query('rollback').then(() => client.end()),
  };
}

/** Waits until a statement waits for what another session holds. */
export async function lockWaitedFor(): Promise<void> {
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await until('somebody who waits for a lock', async () => (await query(waiting)).length > 0);
}

/** Every row of the flow tables, for comparing byte for byte. */
export function everyRow(): Promise<Record<string, unknown>[]> {
  const tables = ['discovery_flows', 'crewai_flow_state_extensions', 'data_imports', 'raw_import_records'];
  return query(
    tables.map((table) => `select '${table}', id, t::text from migration.${table} t`).join(' union all ') +
      ' order by 1, 2',
  );
}

const folder = () => process.env.FLOWMEND_TEST_FOLDER ?? '';

/** Asks the launcher, which sees the workbench as a person does, to look at something. */
export async function ask(what: 'problems' | 'questions' | 'screen' | 'active' | 'squiggles'): Promise<string> {
  const answer = join(folder(), `${what}.answer`);
  rmSync(answer, { force: true });
  writeFileSync(join(folder(), `${what}.question`), '');
  await until(`the answer to ${what}`, () => existsSync(answer));
  return readFileSync(answer, 'utf8');
}

/** What the tree shows, or below one of its rows. */
export async function rowsOfTree(below?: vscode.TreeItem): Promise<vscode.TreeItem[]> {
  const extension = vscode.extensions.getExtension<{ tree: vscode.TreeDataProvider<vscode.TreeItem> }>(
    'flowmend.flowmend',
  );
  if (!extension) throw new Error('the extension is not installed');
  return (await (await extension.activate()).tree.getChildren(below)) ?? [];
}

/** Sets the flows that wait for an approval back to running, as if nobody had been asked; their ids. */
export async function breakWaitingFlows(): Promise<string[]> {
  const rows = await query(
    `update migration.discovery_flows set status = 'running' where status = 'waiting_for_approval'
     and data_import_completed and not field_mapping_completed returning flow_id::text`,
  );
  return rows.map((row) => String(row.flow_id));
}

/** Says what the person does next, in this order, beside answering the questions. */
export function does(...doing: readonly Doing[]): void {
  const file = join(folder(), 'doing.json');
  writeFileSync(`${file}.part`, JSON.stringify(doing));
  // Whole or not at all: the launcher waits for this file.
  renameSync(`${file}.part`, file);
}

/** Waits until the status bar, the title of the tree or a notification says this. */
export function signs(what: RegExp): Promise<string> {
  return until(String(what), async () => {
    const screen = await ask('screen');
    return what.test(screen) && screen;
  });
}

/** Waits until a notification says this. Of several within a moment only three pop up; all are in the list. */
export async function notified(what: RegExp): Promise<void> {
  await vscode.commands.executeCommand('notifications.showList');
  await signs(what);
}

/** What the text in front says, once it says this. */
export function shown(what: RegExp): Promise<string> {
  return until(String(what), () => {
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    return what.test(text) && text;
  });
}

/** What the database of the suite is called in the editor. */
export function database(): string {
  return settingsFrom({ DATABASE_URL: process.env.FLOWMEND_DATABASE_URL }).database.label;
}

/** The address of a flow's document, of the database of the suite or of another one. */
export function flowUri(flowId: string, of = database()): vscode.Uri {
  return vscode.Uri.from({ scheme: 'flowmend', path: flowPath(of, flowId) });
}

/** What stands in the document of a flow, once it says this. */
export function written(uri: vscode.Uri, what: RegExp): Promise<string> {
  return until(String(what), async () => {
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    return what.test(text) && text;
  });
}

/** Works on the database of the environment, as a person who picks it when they are asked. */
export async function connectEnvironment(): Promise<void> {
  does({ box: 'database of the environment', text: 'Connect to' });
  await vscode.commands.executeCommand('flowmend.connectEnvironment');
}

export async function forgetConnection(): Promise<void> {
  does({ box: 'forget the connection?', text: 'Forget' });
  await vscode.commands.executeCommand('flowmend.clearConnection');
}

/** What a person types when they set the connection; an empty address keeps the one that is stored. */
export async function setConnection(url: string, mark: string, name?: string): Promise<void> {
  does(
    { box: 'database (1 of 4)', text: url },
    { box: 'API (2 of 4)', text: '' },
    { box: 'access (4 of 4)', text: mark },
    ...(name === undefined ? [] : [{ box: 'What is it called?', text: name }]),
  );
  await vscode.commands.executeCommand('flowmend.setConnection');
}

/** The diagnostics of a flow's document, once there are as many as expected. */
export function diagnosticsOf(flowId: string, count: number): Promise<vscode.Diagnostic[]> {
  return until(`${count} diagnostics`, () => {
    const diagnostics = vscode.languages.getDiagnostics(flowUri(flowId));
    return diagnostics.length === count && diagnostics;
  });
}
