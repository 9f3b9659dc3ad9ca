import * as vscode from 'vscode';
import { notificationText } from './place-text.ts';

/** Shows a notification; its buttons are our own words. Returns the one that was pressed. */
export function inform(text: string, ...buttons: string[]): Thenable<string | undefined> {
  return vscode.window.showInformationMessage(`Flowmend: ${notificationText(text)}`, ...buttons);
}

export function warn(text: string, ...buttons: string[]): Thenable<string | undefined> {
  return vscode.window.showWarningMessage(`Flowmend: ${notificationText(text)}`, ...buttons);
}

export function fail(text: string, ...buttons: string[]): Thenable<string | undefined> {
  return vscode.window.showErrorMessage(`Flowmend: ${notificationText(text)}`, ...buttons);
}

/** A question, which begins with what it is about and not with our name. */
export function question(text: string, ...buttons: string[]): Thenable<string | undefined> {
  return vscode.window.showWarningMessage(notificationText(text), ...buttons);
}
