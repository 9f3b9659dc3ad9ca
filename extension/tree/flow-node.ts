import * as vscode from 'vscode';
import { age, type ScannedFlow, severityMarks, summary } from '../../shared/index.ts';
import { treeText } from '../say/place-text.ts';
import { severityIcon } from './severity-icon.ts';

/** One flow: where it stands, for how long, and how bad it is. */
export class FlowNode extends vscode.TreeItem {
  readonly flow: ScannedFlow;

  constructor(flow: ScannedFlow) {
    const { flowId, findings, phase, status, updatedAt, name } = flow;
    const { TreeItemCollapsibleState } = vscode;
    super(flowId.slice(0, 8), findings.length > 0 ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None);
    const severity = findings[0]?.severity ?? 'healthy';
    this.flow = flow;
    this.id = flowId;
    this.contextValue = 'flow';
    this.iconPath = severityIcon(severity);
    this.description = treeText(`${phase ?? '(no phase)'} · ${status} · ${age(updatedAt)}`);
    this.tooltip = [`${flowId} ${severityMarks[severity].word}`, name ?? '', summary(findings)]
      .map(treeText)
      .join('\n');
    this.command = { command: 'flowmend.diagnose', title: 'Diagnose', arguments: [flowId] };
  }
}
