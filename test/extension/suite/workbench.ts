import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import * as vscode from 'vscode';

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
export async function ask(what: 'problems' | 'questions'): Promise<string> {
  const answer = join(folder(), `${what}.answer`);
  rmSync(answer, { force: true });
  writeFileSync(join(folder(), `${what}.question`), '');
  await until(`the answer to ${what}`, () => existsSync(answer));
  return readFileSync(answer, 'utf8');
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
