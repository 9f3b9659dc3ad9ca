import * as vscode from 'vscode';

export const FLOW_SCHEME = 'flowmend';

/** The address of a flow's document: `flowmend:/<flow id>.flow`. */
export function flowUri(flowId: string): vscode.Uri {
  return vscode.Uri.from({ scheme: FLOW_SCHEME, path: `/${flowId}.flow` });
}

/** The flow of a document; undefined for documents that are no flow's. */
export function flowIdOf(uri: vscode.Uri): string | undefined {
  return uri.scheme === FLOW_SCHEME ? /^\/([0-9a-f-]{36})\.flow$/.exec(uri.path)?.[1] : undefined;
}
