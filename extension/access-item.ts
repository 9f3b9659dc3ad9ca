import * as vscode from 'vscode';
import { connectionName, type Settings } from '../shared/index.ts';
import type { Connection } from './connection.ts';
import { labelText } from './say/place-text.ts';

const TITLE = 'Flows';

/** Says in the status bar and in the title of the tree that a session is read-only, or that it is production. */
export class AccessItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('flowmend.access', vscode.StatusBarAlignment.Left);
  readonly #view: vscode.TreeView<unknown>;

  constructor(connection: Connection, view: vscode.TreeView<unknown>) {
    this.#view = view;
    this.#item.name = 'Flowmend access';
    this.#item.command = 'flowmend.setConnection';
    // What the last connection was says nothing about the next one, which may not even open.
    connection.onDidLeave(() => {
      this.#item.hide();
      this.#view.title = TITLE;
    });
    connection.onDidOpen(({ settings }) => this.#show(settings));
  }

  dispose(): void {
    this.#item.dispose();
  }

  #show(settings: Settings): void {
    const { production, readOnly, database } = settings;
    const words = [
      ...(readOnly ? ['read-only'] : []),
      ...(production ? [`production ${connectionName(settings)}`] : []),
    ].join(', ');
    this.#item.text = `$(${readOnly ? 'lock' : 'warning'}) Flowmend: ${labelText(words)}`;
    this.#item.tooltip = readOnly
      ? `Nothing is written to ${database.label} and nothing is sent.`
      : `Each write to ${database.label} asks for its name.`;
    this.#item.backgroundColor = production ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    // First the words: a narrow side bar cuts the rest off.
    this.#view.title = words === '' ? TITLE : `${words} · ${TITLE}`;
    // What writes is not offered then, in menus nor in the palette.
    void vscode.commands.executeCommand('setContext', 'flowmend.readOnly', readOnly);
    if (words === '') this.#item.hide();
    else this.#item.show();
  }
}
