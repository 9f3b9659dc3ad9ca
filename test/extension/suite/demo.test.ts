import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { STUCK_FLOW_ID } from '../../../shared/demo/stuck-flow.ts';
import { database, diagnosticsOf, everyRow, flowUri, signs, until, written } from './workbench.ts';

describe('the demo', () => {
  const own = flowUri(STUCK_FLOW_ID);
  let asFound: Record<string, unknown>[];

  before(async () => {
    asFound = await everyRow();
    await vscode.commands.executeCommand('flowmend.diagnose', STUCK_FLOW_ID);
    await written(own, / UTC\nFlow /);
  });

  it('opens inside the editor, on its own database, and nobody takes it for another', async () => {
    await vscode.commands.executeCommand('flowmend.demo');
    const { uri } = await until('its document', () => {
      const open = vscode.window.activeTextEditor?.document;
      return open?.uri.path.startsWith('/DEMO (demo on ') && open;
    });
    await written(uri, /^DEMO \(demo on 127\.0\.0\.1:\d+\) · as of .* UTC\nFlow /);
    await until('its findings', () => vscode.languages.getDiagnostics(uri).length === 6);
    assert.match(await signs(/Flowmend: DEMO · DEMO \(demo on/), /DEMO · Flows/);
  });

  it('does not take the place of a document of the other database, which says that it is not connected', async () => {
    const text = await written(own, /not connected to it now: this window works on DEMO/);
    assert.match(text, new RegExp(`^${database()} · as of .* UTC; not connected.*\\n\\nFlow ${STUCK_FLOW_ID}`));
    await diagnosticsOf(STUCK_FLOW_ID, 0);
  });

  it('lets nothing be done in such a document', async () => {
    await vscode.window.showTextDocument(own);
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('flowmend.apply');
    await signs(/This document is of .*; this window works on DEMO .*Nothing was done/s);
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('is left by its own command, without forgetting the other database', async () => {
    await vscode.commands.executeCommand('flowmend.leaveDemo');
    await signs(new RegExp(`Flowmend: ${database()}`));
    await written(own, /^[^;]* UTC\nFlow /);
    assert.deepEqual(await everyRow(), asFound);
  });
});
