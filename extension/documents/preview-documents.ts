import * as vscode from 'vscode';
import { alike, type RowChange, rowsWords, sameChange, visible } from '../../shared/index.ts';
import type { Connection } from '../connection/connection.ts';
import { labelText } from '../say/place-text.ts';
import { segmentOf } from './flow-address.ts';

export const PREVIEW_SCHEME = 'flowmend-preview';
/** Previews that can still be read while their diff is open; older ones are forgotten. */
const MAX_KEPT = 20;

/** Rows before and after, and other generated texts, as read-only documents. */
export class PreviewDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #connection: Connection;
  readonly #texts = new Map<string, string>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(PREVIEW_SCHEME, this);
  #count = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? 'This preview is over. Make a new one.';
  }

  /** Shows rows before and after as a diff. What is returned closes it again: what was written is no preview any more. */
  async showDiff(changes: readonly RowChange[], title: string): Promise<() => Promise<void>> {
    const before = this.#keep(rowsText(changes, 'before'), 'before.txt');
    const after = this.#keep(rowsText(changes, 'after'), 'after.txt');
    await vscode.commands.executeCommand(
      'vscode.diff',
      before,
      after,
      `${title} · ${labelText(this.#connection.label)}`,
      {
        preview: true,
      },
    );
    return async () => {
      const shown = vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.path === after.path);
      await vscode.window.tabGroups.close(shown);
    };
  }

  async show(text: string, name: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.#keep(text, name));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.#registration.dispose();
  }

  #keep(text: string, name: string): vscode.Uri {
    const path = `/${segmentOf(this.#connection.label)}/${++this.#count}/${name}`;
    this.#texts.set(path, text);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > MAX_KEPT && oldest !== undefined) this.#texts.delete(oldest);
    return vscode.Uri.from({ scheme: PREVIEW_SCHEME, path });
  }
}

function rowsText(changes: readonly RowChange[], side: 'before' | 'after'): string {
  return alike(changes, sameChange)
    .map(({ first: { table, key, columns }, all }) =>
      [
        visible(`${table.schema}.${table.name}  ${rowsWords(key, all.length)}`),
        ...columns.map((column) => `  ${visible(column.column).padEnd(31)} ${visible(column[side] ?? 'NULL', 4_000)}`),
      ].join('\n'),
    )
    .join('\n\n');
}
