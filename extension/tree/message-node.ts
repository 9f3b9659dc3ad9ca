import * as vscode from 'vscode';
import { asFailure, visible } from '../../shared/index.ts';
import { failureText } from '../failure-message.ts';

/** A line in place of flows: there are none, or they could not be read. The two never look alike. */
export class MessageNode extends vscode.TreeItem {
  static empty(): MessageNode {
    const node = new MessageNode('No flows in this database', vscode.TreeItemCollapsibleState.None);
    node.iconPath = new vscode.ThemeIcon('info');
    return node;
  }

  static failure(thrown: unknown): MessageNode {
    const { message, next } = asFailure(thrown);
    const node = new MessageNode(`Could not check: ${visible(message)}`, vscode.TreeItemCollapsibleState.None);
    node.iconPath = new vscode.ThemeIcon('debug-disconnect', new vscode.ThemeColor('list.errorForeground'));
    node.description = visible(next);
    node.tooltip = failureText(thrown);
    node.contextValue = 'failure';
    return node;
  }
}
