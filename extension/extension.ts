import * as vscode from 'vscode';
import { asFailure, speakOf, totalsText, whyNotJudged } from '../shared/index.ts';
import { commands } from './commands/index.ts';
import { Connection } from './connection/connection.ts';
import { ConnectionSigns } from './connection/connection-signs.ts';
import { onConfigurationChange } from './connection/workspace-configuration.ts';
import { keepDocumentLanguage } from './documents/document-language.ts';
import { FlowDocuments } from './documents/flow-documents.ts';
import { FLOW_SCHEME } from './documents/flow-uri.ts';
import { PREVIEW_SCHEME, PreviewDocuments } from './documents/preview-documents.ts';
import { editorWays } from './editor-ways.ts';
import type { Face } from './face.ts';
import { MendingItem } from './mending/mending-item.ts';
import { QuickFixes } from './quick-fixes.ts';
import { sayingWhatWasChanged } from './say/cancelled-command.ts';
import { showFailure } from './say/failure-text.ts';
import { warn } from './say/notify.ts';
import { FlowTree } from './tree/flow-tree.ts';

let connection: Connection | undefined;

/** Wires the face. Returns the tree, for other extensions and the tests to read. */
export function activate(context: vscode.ExtensionContext): { tree: FlowTree } {
  speakOf(editorWays);
  connection = new Connection(context.secrets);
  const tree = new FlowTree(connection);
  const view = vscode.window.createTreeView('flowmend.flows', { treeDataProvider: tree });
  const documents = new FlowDocuments(connection);
  const previews = new PreviewDocuments(connection);
  const mending = new MendingItem();
  const signs = new ConnectionSigns(connection, view);
  const face: Face = { connection, tree, documents, previews, mending };
  connection.onDidOpen((session) => {
    const why = whyNotJudged(session);
    if (why !== undefined) void warn(why);
  });
  connection.onDidChange(() => {
    tree.refresh();
    documents.refreshAll();
  });
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('flowmend')) void connection?.reopen();
    }),
    tree,
    documents,
    previews,
    mending,
    keepDocumentLanguage([FLOW_SCHEME, PREVIEW_SCHEME]),
    // A document must not look current while its database is away, nor stay behind once it is back.
    tree.onDidAsk((answer) => {
      if (answer === 'failed') documents.refreshAll();
      else if (answer !== 'cancelled') documents.refreshStale();
    }),
    tree.onDidAsk((answer) => signs.showCounts(typeof answer === 'string' ? '' : totalsText(answer))),
    signs,
    view,
    onConfigurationChange(() => void connection?.reopen()),
    vscode.languages.registerCodeActionsProvider({ scheme: FLOW_SCHEME }, new QuickFixes(documents, connection), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
    ...Object.entries(commands).map(([name, command]) =>
      vscode.commands.registerCommand(`flowmend.${name}`, (...args: unknown[]) =>
        command(face, ...args).catch((thrown: unknown) => {
          const failure = sayingWhatWasChanged(name, asFailure(thrown));
          showFailure(failure);
          if (failure.code === 'no-connection') documents.refreshAll();
        }),
      ),
    ),
  );
  return { tree };
}

/** Closes the connection, and the demo with it: nothing is left running. */
export async function deactivate(): Promise<void> {
  await connection?.dispose();
}
