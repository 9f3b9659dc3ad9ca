import * as vscode from 'vscode';
import { latestReceipt, planUndo } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { flowOf } from '../target.ts';
import { writePlan } from '../write-plan.ts';

/** Takes back the newest repair of a flow. Preview and question first. */
export async function undoCommand(face: Face, target?: unknown): Promise<void> {
  const typed = await flowOf(target);
  if (typed === undefined) return;
  const { diagnosis } = await face.documents.diagnosed(typed);
  const session = await face.connection.session(diagnosis.flowId);
  const receipt = await latestReceipt(session, diagnosis.flowId);
  if (!receipt) {
    void vscode.window.showInformationMessage('Flowmend: no repair of this flow can be undone.');
    return;
  }
  await writePlan(face, planUndo(session, receipt), `Undo the repair of ${diagnosis.flowId.slice(0, 8)}`);
}
