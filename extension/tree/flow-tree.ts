import * as vscode from 'vscode';
import { type Scan, scan } from '../../shared/index.ts';
import type { Connection } from '../connection.ts';
import { FindingNode } from './finding-node.ts';
import { FlowNode } from './flow-node.ts';
import { MessageNode } from './message-node.ts';

export type Node = FlowNode | FindingNode | MessageNode;

/** The flows, worst first, with their findings below them. */
export class FlowTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #connection: Connection;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #asked = new vscode.EventEmitter<'answered' | 'failed'>();
  #scanning: Promise<Scan> | undefined;

  readonly onDidChangeTreeData = this.#changed.event;
  /** The database was asked for its flows. */
  readonly onDidAsk = this.#asked.event;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node instanceof FlowNode) return node.flow.findings.map((finding) => new FindingNode(finding));
    if (node) return [];
    try {
      const destination = await this.#connection.destination();
      if (destination.kind === 'offered') return [MessageNode.offered(destination)];
      this.#scanning ??= this.#scan();
      const { flows, notices, endedEarly, notJudged } = await this.#scanning;
      return [
        ...(notJudged === undefined ? [] : [MessageNode.notJudged(notJudged)]),
        ...(endedEarly ? [MessageNode.endedEarly(endedEarly)] : []),
        ...(notices.length > 0 ? [MessageNode.unseen(notices)] : []),
        ...(flows.length === 0 ? [MessageNode.empty()] : flows.map((flow) => new FlowNode(flow))),
      ];
    } catch (thrown) {
      this.#scanning = undefined;
      return [MessageNode.failure(thrown)];
    }
  }

  /** Scans anew and shows what is found. */
  refresh(): void {
    this.#scanning = undefined;
    this.#changed.fire();
  }

  /** The scan that the tree shows. */
  async scanned(): Promise<Scan> {
    this.#scanning ??= this.#scan();
    return this.#scanning;
  }

  dispose(): void {
    this.#changed.dispose();
    this.#asked.dispose();
  }

  async #scan(): Promise<Scan> {
    try {
      const found = await scan(await this.#connection.session(), { healthy: true });
      this.#asked.fire('answered');
      return found;
    } catch (thrown) {
      this.#asked.fire('failed');
      throw thrown;
    }
  }
}
