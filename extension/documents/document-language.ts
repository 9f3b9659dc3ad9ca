import * as vscode from 'vscode';

/**
 * Gives our documents languages of their own, for which `editor.links` is off in package.json: the editor would make a link of
 * every address that stands in a row.
 */
export function keepDocumentLanguage(schemes: readonly string[]): vscode.Disposable {
  const set = (document: vscode.TextDocument) => {
    const { scheme, path } = document.uri;
    const language = path.endsWith('.json') ? 'flowmend-json' : 'flowmend';
    if (!schemes.includes(scheme) || document.languageId === language) return;
    // One that was closed meanwhile has no language any more.
    vscode.languages.setTextDocumentLanguage(document, language).then(undefined, () => {});
  };
  for (const document of vscode.workspace.textDocuments) set(document);
  return vscode.workspace.onDidOpenTextDocument(set);
}
