import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import * as vscode from 'vscode';
import type { Doing } from '../person.ts';

/** Generous: a slow machine is no failure. */
const LONGEST_WAIT_MS = 180_000;

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
    async waitedFor() {
      const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await until('somebody who waits for the row', async () => (await query(waiting)).length > 0);
    },
    letGo: () => client.query('rollback').then(() => client.end()),
  };
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
export async function ask(what: 'problems' | 'questions' | 'screen' | 'active'): Promise<string> {
  const answer = join(folder(), `${what}.answer`);
  rmSync(answer, { force: true });
  writeFileSync(join(folder(), `${what}.question`), '');
  await until(`the answer to ${what}`, () => existsSync(answer));
  return readFileSync(answer, 'utf8');
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

/** What the text in front says, once it says this. */
export function shown(what: RegExp): Promise<string> {
  return until(String(what), () => {
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    return what.test(text) && text;
  });
}

export function flowUri(flowId: string): vscode.Uri {
  return vscode.Uri.parse(`flowmend:/${flowId}.flow`);
}

/** The diagnostics of a flow's document, once there are as many as expected. */
export function diagnosticsOf(flowId: string, count: number): Promise<vscode.Diagnostic[]> {
  return until(`${count} diagnostics`, () => {
    const diagnostics = vscode.languages.getDiagnostics(flowUri(flowId));
    return diagnostics.length === count && diagnostics;
  });
}
