import * as vscode from 'vscode';
import { planRepair } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { flowOf } from '../target.ts';
import { writePlan } from '../write-plan.ts';

/** Mends a flow: all that can be mended, or the findings of the rules given. Preview and question first. */
export async function applyCommand(face: Face, target?: unknown, rules?: unknown): Promise<void> {
  const typed = await flowOf(target);
  if (typed === undefined) return;
  const { facts, diagnosis } = await face.documents.diagnosed(typed);
  const only = Array.isArray(rules) ? { rules: rules.map(String) } : {};
  const plan = planRepair(await face.connection.session(diagnosis.flowId), facts, only);
  if (plan.steps.every((step) => step.writes.length === 0)) {
    void vscode.window.showInformationMessage('Flowmend: there is nothing to mend in this flow.');
    return;
  }
  await writePlan(face, plan, `Mend flow ${diagnosis.flowId.slice(0, 8)}`);
}
