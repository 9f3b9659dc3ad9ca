import * as vscode from 'vscode';
import { connectionName } from '../shared/index.ts';
import type { Connection } from './connection.ts';

/** Says in the status bar that a session is read-only, or that it is production; hidden otherwise. */
export class AccessItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('flowmend.access', vscode.StatusBarAlignment.Left);

  constructor(connection: Connection) {
    this.#item.name = 'Flowmend access';
    connection.onDidOpen(({ settings }) => {
      const { production, readOnly, database } = settings;
      const words = [
        ...(readOnly ? ['$(lock) read-only'] : []),
        ...(production ? [`$(warning) production ${connectionName(settings)}`] : []),
      ];
      this.#item.text = `Flowmend: ${words.join(' ')}`;
      this.#item.tooltip = readOnly
        ? `Nothing is written to ${database.label} and nothing is sent.`
        : `Each write to ${database.label} asks for its name.`;
      if (words.length > 0) this.#item.show();
      else this.#item.hide();
    });
  }

  dispose(): void {
    this.#item.dispose();
  }
}
