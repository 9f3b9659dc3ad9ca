import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { STUCK_FLOW_ID } from '../../../shared/demo/stuck-flow.ts';
import { diagnosticsOf, everyRow, flowUri, until } from './workbench.ts';

describe('the demo', () => {
  it('opens inside the editor, on its own database, and is left again', async () => {
    const before = await everyRow();
    await vscode.commands.executeCommand('flowmend.demo');
    await diagnosticsOf(STUCK_FLOW_ID, 6);
    const text = async () => (await vscode.workspace.openTextDocument(flowUri(STUCK_FLOW_ID))).getText();
    await until('the document of the demo', async () => /^database demo on 127\.0\.0\.1/m.test(await text()));
    await vscode.commands.executeCommand('flowmend.clearConnection');
    await until('the database of the environment again', async () => /^database postgres on/m.test(await text()));
    assert.deepEqual(await everyRow(), before);
  });
});
