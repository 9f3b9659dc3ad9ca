import * as vscode from 'vscode';
import type { Face } from './face.ts';
import { typed } from './say/pick.ts';
import { FindingNode } from './tree/finding-node.ts';
import { FlowNode } from './tree/flow-node.ts';

/**
 * The flow that a command is about: its argument (an id, a tree node), else the open document, else what the person
 * types. Undefined where they cancel.
 * @throws Failure `usage` where the document is of another database
 */
export async function flowOf({ documents }: Face, target: unknown): Promise<string | undefined> {
  if (typeof target === 'string') return target;
  if (target instanceof FlowNode) return target.flow.flowId;
  if (target instanceof FindingNode) return target.finding.flowId;
  const open = vscode.window.activeTextEditor?.document.uri;
  const shown = open && (await documents.flowHere(open));
  if (shown) return shown;
  return typed({
    title: 'Flowmend: which flow?',
    prompt: 'The id of a flow, or a prefix that only it has',
    placeHolder: '1e640262',
  });
}
