import * as vscode from 'vscode';
import { locate, locationsText, plain } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { flowOf } from '../target.ts';

/** Shows every table and column of the database that holds a flow's id. */
export async function locateCommand({ connection, previews }: Face, target?: unknown): Promise<void> {
  const typed = await flowOf(target);
  if (typed === undefined) return;
  const session = await connection.session(typed);
  const locations = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Flowmend: looking into every table' },
    () => locate(session, typed),
  );
  await previews.show(plain(locationsText(locations)), `where-${locations.flowId.slice(0, 8)}.txt`);
}
