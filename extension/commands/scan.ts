import * as vscode from 'vscode';
import { totalsText } from '../../shared/index.ts';
import type { Face } from '../face.ts';

/** Scans all flows and shows them in the tree. */
export async function scanCommand({ tree }: Face): Promise<void> {
  tree.refresh();
  vscode.window.setStatusBarMessage(`Flowmend: ${totalsText(await tree.scanned())}`, 10_000);
}
