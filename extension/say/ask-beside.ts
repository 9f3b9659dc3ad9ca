import * as vscode from 'vscode';
import { question } from './notify.ts';
import { labelText } from './place-text.ts';

/** What is asked: a title as a question, what it means, and what the buttons say, the one that turns away last. */
export interface Asking<Verb extends string> {
  readonly title: string;
  readonly detail: string;
  readonly verbs: readonly Verb[];
  readonly away?: string;
}

/**
 * Asks without covering what is asked about: a notification with buttons, beside the document that was opened. It
 * slips into the list of notifications after a while; the status bar brings it back until it is answered.
 * @returns the verb of the button; undefined where the person turned away
 */
export async function askBeside<Verb extends string>(asking: Asking<Verb>): Promise<Verb | undefined> {
  const { title, detail, verbs, away = 'Leave as It Is' } = asking;
  const item = vscode.window.createStatusBarItem('flowmend.question', vscode.StatusBarAlignment.Left);
  item.name = 'Flowmend question';
  item.text = `$(question) ${labelText(title)}?`;
  item.tooltip = 'Shows the question again';
  item.command = 'notifications.showList';
  item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
  item.show();
  try {
    const answer = await question(`${title}? ${detail}`, ...verbs, away);
    return verbs.find((verb) => verb === answer);
  } finally {
    item.dispose();
  }
}
