import * as vscode from 'vscode';
import type { Face } from '../face.ts';

/** Scans all flows and shows them in the tree. */
export async function scanCommand({ tree }: Face): Promise<void> {
  tree.refresh();
  const { totals } = await tree.scanned();
  const { flows, error, warning, info, healthy } = totals;
  vscode.window.setStatusBarMessage(
    `Flowmend: ${flows} flows: ${error} error, ${warning} warning, ${info} info, ${healthy} healthy`,
    10_000,
  );
}
