import * as vscode from 'vscode';
import { type Finding, severityMarks } from '../../shared/index.ts';
import { treeText } from '../say/place-text.ts';
import { severityIcon } from './severity-icon.ts';

/** One finding of a flow; opens the flow's document. */
export class FindingNode extends vscode.TreeItem {
  readonly finding: Finding;

  constructor(finding: Finding) {
    super(treeText(finding.message), vscode.TreeItemCollapsibleState.None);
    this.finding = finding;
    this.id = `${finding.flowId} ${finding.rule}`;
    this.contextValue = 'finding';
    this.iconPath = severityIcon(finding.severity);
    this.tooltip = treeText(
      `${severityMarks[finding.severity].word}: ${finding.evidence.map((one) => one.why).join('; ')}`,
    );
    this.command = { command: 'flowmend.diagnose', title: 'Diagnose', arguments: [finding.flowId] };
  }
}
