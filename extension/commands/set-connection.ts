import * as vscode from 'vscode';
import { settingsFrom } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { failureText } from '../failure-message.ts';

/** Asks for the connection and keeps it in the editor's secret storage. */
export async function setConnectionCommand({ connection }: Face): Promise<void> {
  const url = await vscode.window.showInputBox({
    title: 'Flowmend: database (1 of 2)',
    prompt: 'Kept in the secret storage of the editor, never in a settings file',
    placeHolder: 'postgresql://user:password@host:5432/database',
    password: true,
    ignoreFocusOut: true,
    validateInput: problemIn,
  });
  if (!url) return;
  const token = await vscode.window.showInputBox({
    title: "Flowmend: token of the platform's API (2 of 2)",
    prompt: 'Leave empty to keep the one there is. The address is the setting flowmend.apiUrl.',
    password: true,
    ignoreFocusOut: true,
  });
  await connection.store(url, token);
}

function problemIn(url: string): string | undefined {
  if (url === '') return undefined;
  try {
    settingsFrom({ DATABASE_URL: url });
    return undefined;
  } catch (thrown) {
    return failureText(thrown);
  }
}
