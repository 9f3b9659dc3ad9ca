import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { everyRow, flowUri } from './workbench.ts';

describe('bad input', () => {
  it('an unknown flow: one line in its document, no diagnostics, nothing written', async () => {
    const before = await everyRow();
    const uri = flowUri('00000000-0000-4000-8000-000000000000');
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    assert.match(text, /^Could not check flow 00000000.*\n\nNo discovery flow has the id 00000000[^\n]*$/);
    assert.deepEqual(vscode.languages.getDiagnostics(uri), []);
    assert.deepEqual(await everyRow(), before);
  });

  it('a malformed id does not throw at the person', async () => {
    await vscode.commands.executeCommand('flowmend.diagnose', "x' or 1=1");
    await vscode.commands.executeCommand('flowmend.apply', 'zz');
  });
});
