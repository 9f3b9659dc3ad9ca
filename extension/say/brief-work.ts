import * as vscode from 'vscode';
import { notificationText } from './place-text.ts';

/** Says what is being done while it is, where it is too short to be cancelled. */
export function briefWork<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Flowmend: ${notificationText(title)}` },
    work,
  );
}
