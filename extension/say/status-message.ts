import * as vscode from 'vscode';
import { labelText } from './place-text.ts';

const SHOWN_MS = 10_000;

/** Says something in the status bar for ten seconds. */
export function statusMessage(text: string): void {
  vscode.window.setStatusBarMessage(`Flowmend: ${labelText(text)}`, SHOWN_MS);
}
