import * as vscode from 'vscode';
import { type FlowAddress, flowAddressIn, flowPath } from './flow-address.ts';

export const FLOW_SCHEME = 'flowmend';

export function flowUri(database: string, flowId: string): vscode.Uri {
  return vscode.Uri.from({ scheme: FLOW_SCHEME, path: flowPath(database, flowId) });
}

/** What the address of a document says; undefined for documents that are no flow's. */
export function flowAddressOf({ scheme, path }: vscode.Uri): FlowAddress | undefined {
  return scheme === FLOW_SCHEME ? flowAddressIn(path) : undefined;
}
