import * as vscode from 'vscode';
import { asFailure, counted, type Scan } from '../../shared/index.ts';
import { type Destination, namingWords } from '../connection/connection.ts';
import { failureText } from '../say/failure-text.ts';
import { treeText } from '../say/place-text.ts';

/** A line beside or in place of flows: all are well, there are none, or they could not be read. No two look alike. */
export class MessageNode extends vscode.TreeItem {
  static noneBroken(flows: number): MessageNode {
    const words = flows === 0 ? 'No flows in this database' : `0 of ${counted(flows, 'flow')} are not well`;
    const node = new MessageNode(words, vscode.TreeItemCollapsibleState.None);
    node.iconPath =
      flows === 0
        ? new vscode.ThemeIcon('info')
        : new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
    return node;
  }

  /** The end of the list is not the end of the fleet. */
  static rest(listed: number, all: number): MessageNode {
    const words = `${listed} of ${all.toLocaleString('en-US')} listed`;
    const node = new MessageNode(words, vscode.TreeItemCollapsibleState.None);
    node.iconPath = new vscode.ThemeIcon('ellipsis');
    node.description = 'the worst first; "Flowmend: Diagnose a flow" opens any other by its id';
    node.tooltip = words;
    return node;
  }

  /** The environment names a database; a click connects to it. */
  static offered(destination: Extract<Destination, { kind: 'offered' }>): MessageNode {
    const node = new MessageNode(treeText(namingWords(destination)), vscode.TreeItemCollapsibleState.None);
    const { label } = destination.settings.database;
    node.iconPath = new vscode.ThemeIcon('plug');
    node.description = 'Connect';
    node.tooltip = treeText(`Connects this window to ${label}. Nothing was asked of it yet.`);
    node.command = { command: 'flowmend.connectEnvironment', title: 'Connect', arguments: [label] };
    return node;
  }

  /** The flows below it are only listed. */
  static notJudged(why: string): MessageNode {
    const node = new MessageNode('Nothing is judged here', vscode.TreeItemCollapsibleState.None);
    node.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
    node.description = treeText(why);
    node.tooltip = treeText(why);
    return node;
  }

  /** What the scan could not look at: nobody should take silence for health. */
  static unseen(notices: readonly string[]): MessageNode {
    const node = new MessageNode('Not everything was seen', vscode.TreeItemCollapsibleState.None);
    node.iconPath = new vscode.ThemeIcon('eye-closed', new vscode.ThemeColor('list.warningForeground'));
    node.description = treeText(notices[0] ?? '');
    node.tooltip = notices.map(treeText).join('\n');
    return node;
  }

  /** The flows below it are what was found until then: the others are not known to be well. */
  static endedEarly({ message, next }: NonNullable<Scan['endedEarly']>): MessageNode {
    const node = new MessageNode('The scan ended early', vscode.TreeItemCollapsibleState.None);
    node.iconPath = new vscode.ThemeIcon('debug-disconnect', new vscode.ThemeColor('list.errorForeground'));
    node.description = treeText(message);
    node.tooltip = [message, next].map(treeText).join('\n');
    return node;
  }

  /** Nothing is known of the flows, since the person did not want to wait. */
  static cancelled(): MessageNode {
    const node = new MessageNode('The scan was cancelled', vscode.TreeItemCollapsibleState.None);
    node.iconPath = new vscode.ThemeIcon('circle-slash');
    node.description = 'Scan again';
    node.tooltip = 'Nothing is known of the flows. A click scans them again.';
    node.command = { command: 'flowmend.scan', title: 'Scan again' };
    return node;
  }

  static failure(thrown: unknown): MessageNode {
    const { message, next } = asFailure(thrown);
    const node = new MessageNode(`Could not check: ${treeText(message)}`, vscode.TreeItemCollapsibleState.None);
    node.iconPath = new vscode.ThemeIcon('debug-disconnect', new vscode.ThemeColor('list.errorForeground'));
    node.description = treeText(next);
    node.tooltip = failureText(thrown);
    node.contextValue = 'failure';
    return node;
  }
}
