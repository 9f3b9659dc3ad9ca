import * as vscode from 'vscode';

/**
 * Asks without covering what is asked about: a notification with buttons, beside the document that was opened. It
 * slips into the list of notifications after a while; the status bar brings it back until it is answered.
 * @param verb what the button says that agrees
 */
export async function askBeside(title: string, detail: string, verb: string): Promise<boolean> {
  const item = vscode.window.createStatusBarItem('flowmend.question', vscode.StatusBarAlignment.Left);
  item.name = 'Flowmend question';
  item.text = `$(question) ${title}?`;
  item.tooltip = 'Shows the question again';
  item.command = 'notifications.showList';
  item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
  item.show();
  try {
    return (await vscode.window.showWarningMessage(`${title}? ${detail}`, verb, 'Leave as It Is')) === verb;
  } finally {
    item.dispose();
  }
}
