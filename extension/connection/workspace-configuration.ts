import * as vscode from 'vscode';
import { CONFIGURATION_FILE, type Configured, parseConfiguration } from '../../shared/index.ts';

/**
 * The configuration of this window: `flowmend.yaml` in the root of the workspace's first folder. Whoever wrote a workspace
 * that is not trusted configures nothing: the file chooses where tokens are sent and what PostgreSQL evaluates.
 * @throws Failure `settings-invalid`, with file and line
 */
export async function workspaceConfiguration(): Promise<Configured | undefined> {
  const file = configurationFile();
  if (!vscode.workspace.isTrusted || !file) return undefined;
  try {
    const bytes = await vscode.workspace.fs.readFile(file);
    return await parseConfiguration(new TextDecoder().decode(bytes), CONFIGURATION_FILE, 'in the workspace');
  } catch (thrown) {
    if (thrown instanceof vscode.FileSystemError && thrown.code === 'FileNotFound') return undefined;
    throw thrown;
  }
}

/** Calls back when that file, or the trust in it, changes. */
export function onConfigurationChange(changed: () => void): vscode.Disposable {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const trusted = vscode.workspace.onDidGrantWorkspaceTrust(changed);
  if (!folder) return trusted;
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, CONFIGURATION_FILE));
  return vscode.Disposable.from(
    trusted,
    watcher,
    watcher.onDidChange(changed),
    watcher.onDidCreate(changed),
    watcher.onDidDelete(changed),
  );
}

function configurationFile(): vscode.Uri | undefined {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return folder && vscode.Uri.joinPath(folder.uri, CONFIGURATION_FILE);
}
