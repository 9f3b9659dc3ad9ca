import * as vscode from 'vscode';
import { asFailure, counted, type Scan, scan } from '../../shared/index.ts';
import type { Connection } from '../connection/connection.ts';
import { longWork } from '../say/long-work.ts';
import { FindingNode } from './finding-node.ts';
import { FlowNode } from './flow-node.ts';
import { MessageNode } from './message-node.ts';

export type Node = FlowNode | FindingNode | MessageNode;

/** The worst so many are listed; the totals count every flow. */
const MAX_LISTED = 500;

/** The flows that are not well, worst first, with their findings below them. */
export class FlowTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #connection: Connection;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #asked = new vscode.EventEmitter<Scan | 'failed' | 'cancelled'>();
  #scanning: Promise<Scan> | undefined;

  readonly onDidChangeTreeData = this.#changed.event;
  /** The database was asked for its flows, and this is what came of it. */
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
      const found = await this.#scanning;
      const { flows, notices, endedEarly, notJudged } = found;
      return [
        ...(notJudged === undefined ? [] : [MessageNode.notJudged(notJudged)]),
        ...(endedEarly ? [MessageNode.endedEarly(endedEarly)] : []),
        ...(notices.length > 0 ? [MessageNode.unseen(notices)] : []),
        ...flows.map((flow) => new FlowNode(flow)),
        ...(flows.length === 0 && !endedEarly ? [MessageNode.noneBroken(found.totals.flows)] : []),
        ...restOf(found),
      ];
    } catch (thrown) {
      // One that was cancelled does not begin again by itself.
      if (isCancelled(thrown)) return [MessageNode.cancelled()];
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
      const found = await longWork('scanning all flows', await this.#connection.session(), (session, { say }) =>
        scan(session, { limit: MAX_LISTED, onProgress: (found) => say(`${counted(found, 'flow')} not well`) }),
      );
      this.#asked.fire(found);
      return found;
    } catch (thrown) {
      this.#asked.fire(isCancelled(thrown) ? 'cancelled' : 'failed');
      throw thrown;
    }
  }
}

function isCancelled(thrown: unknown): boolean {
  return asFailure(thrown).code === 'cancelled';
}

/** How many flows that are not well, or of which nobody knows, are not listed. */
function restOf({ flows, totals, notJudged }: Scan): MessageNode[] {
  const all = notJudged === undefined ? totals.error + totals.warning + totals.info : totals.flows;
  return all > MAX_LISTED ? [MessageNode.rest(flows.length, all)] : [];
}
