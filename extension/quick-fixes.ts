import * as vscode from 'vscode';
import { isWritable } from '../shared/index.ts';
import type { Connection } from './connection/connection.ts';
import { DIAGNOSTIC_SOURCE } from './diagnostic.ts';
import type { FlowDocuments } from './documents/flow-documents.ts';
import { flowAddressOf } from './documents/flow-uri.ts';

/** What a repair answers, at once or after a person picked. */
const MENDS: readonly string[] = ['apply', 'choose'];

/** A fix per finding that can be mended and one for all. Each opens the preview first; none writes from the light bulb. */
export class QuickFixes implements vscode.CodeActionProvider {
  readonly #documents: FlowDocuments;
  readonly #connection: Connection;

  constructor(documents: FlowDocuments, connection: Connection) {
    this.#documents = documents;
    this.#connection = connection;
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const flowId = flowAddressOf(document.uri)?.flowId;
    const own = diagnostics.filter((diagnostic) => diagnostic.source === DIAGNOSTIC_SOURCE);
    if (flowId === undefined || own.length === 0) return [];
    // Nothing that writes is offered in a read-only session.
    if (!isWritable(await this.#connection.session())) return [];
    const { diagnosis } = await this.#documents.diagnosed(flowId);
    const stepOf = (rule: unknown) => diagnosis.recommended.find((step) => step.rule === rule);
    const fixes = own
      .filter((diagnostic) => MENDS.includes(stepOf(diagnostic.code)?.action ?? ''))
      .map((diagnostic) => {
        const first = stepOf(diagnostic.code)?.action === 'choose' ? 'Choose, preview' : 'Preview';
        const fix = quickFix(`${first} and mend: ${diagnostic.code}`, 'flowmend.apply', [flowId, [diagnostic.code]]);
        fix.diagnostics = [diagnostic];
        return fix;
      });
    if (fixes.length > 0) {
      const all = quickFix('Preview and mend everything in this flow', 'flowmend.apply', [flowId]);
      all.diagnostics = own;
      fixes.push(all);
    } else if (diagnosis.resume.possible && !diagnosis.resume.repairFirst) {
      fixes.push(quickFix('Resume the flow …', 'flowmend.resume', [flowId]));
    }
    return fixes;
  }
}

function quickFix(title: string, command: string, args: unknown[]): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.command = { command, title, arguments: args };
  return action;
}
