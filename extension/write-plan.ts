import * as vscode from 'vscode';
import { apply, applyText, journalExists, type Plan, plain, preview, runText } from '../shared/index.ts';
import { askBeside } from './ask-beside.ts';
import type { Face } from './face.ts';

/**
 * Shows what a plan does to the rows as a diff, asks beside it, and applies it: the only way by which this face writes to the
 * database. Returns false where nothing was written.
 */
export async function writePlan(face: Face, plan: Plan, title: string): Promise<boolean> {
  const session = await face.connection.session(plan.flows[0]);
  const run = await preview(session, plan);
  if (run.kind !== 'ran') {
    void vscode.window.showErrorMessage(`Flowmend: it would not hold. ${plain(runText(run))}`);
    return false;
  }
  await face.previews.showDiff(run.changes, title);
  const journal = (await journalExists(session.primary))
    ? ''
    : ' The journal (schema "flowmend") is made in this database on first use.';
  const columns = run.changes.reduce((sum, change) => sum + change.columns.length, 0);
  const detail = `Writes ${columns} columns of ${run.changes.length} rows to ${session.settings.database.label}, in one transaction that can be undone.${journal}`;
  if (!(await askBeside(title, detail, 'Apply'))) return false;
  const outcome = await apply(session, plan, { createJournal: true });
  for (const flowId of plan.flows) face.documents.refresh(flowId);
  face.tree.refresh();
  const applied = outcome.kind === 'applied' || outcome.kind === 'already applied';
  const message = applied
    ? `Flowmend: ${outcome.kind}, receipt ${outcome.receipt.id}`
    : `Flowmend: ${plain(applyText(outcome)).replaceAll('\n', ' ')}`;
  void (applied ? vscode.window.showInformationMessage(message) : vscode.window.showErrorMessage(message));
  return applied;
}
