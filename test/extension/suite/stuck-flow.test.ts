import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { STUCK_FLOW_ID } from '../../../shared/demo/stuck-flow.ts';
import { ask, diagnosticsOf, does, everyRow, flowUri, query, until, written } from './workbench.ts';

const uri = flowUri(STUCK_FLOW_ID);

async function child(): Promise<Record<string, unknown>> {
  const [row] = await query('select * from migration.discovery_flows where flow_id = $1', [STUCK_FLOW_ID]);
  assert.ok(row);
  return row;
}

/** VS Code cancels the question for quick fixes when the document changes meanwhile; a person's light bulb asks again. */
async function quickFixes({ range }: vscode.Diagnostic): Promise<vscode.CodeAction[]> {
  const { value } = vscode.CodeActionKind.QuickFix;
  const actions = await until('the quick fixes', async () => {
    try {
      return await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        uri,
        range,
        value,
      );
    } catch (thrown) {
      if (thrown instanceof Error && thrown.name === 'Canceled') return undefined;
      throw thrown;
    }
  });
  return actions.filter((action) => action.command?.command.startsWith('flowmend.'));
}

/** Chooses a quick fix of the first finding; VS Code may still be reading the document anew. */
async function choose(title: string): Promise<void> {
  const command = await until(`the quick fix "${title}"`, async () => {
    const [first] = vscode.languages.getDiagnostics(uri);
    const fixes = first ? await quickFixes(first) : [];
    return fixes.find((fix) => fix.title === title)?.command;
  });
  await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
}

describe('the stuck flow', () => {
  let asFound: Record<string, unknown>[];

  before(async () => {
    asFound = await everyRow();
    await vscode.commands.executeCommand('flowmend.diagnose', STUCK_FLOW_ID);
  });

  it('has a read-only document whose findings are diagnostics on the wrong values', async () => {
    const document = await vscode.workspace.openTextDocument(uri);
    // It may just have been read for another connection.
    await written(
      uri,
      /^postgres on 127\.0\.0\.1:\d+ · as of [-0-9]{10} [:0-9]{8} UTC\nFlow 1e640262-4332-4087-ac4e-1674b08cd8f2 · discovery · STUCK\nwhy {6}waits for an approval/,
    );
    assert.equal(vscode.workspace.fs.isWritableFileSystem('flowmend') ?? false, false);
    const diagnostics = await diagnosticsOf(STUCK_FLOW_ID, 6);
    assert.deepEqual(
      diagnostics.map(({ code, severity, range, source }) => [source, code, severity, document.getText(range)]),
      [
        ['flowmend', 'child-status-should-wait', vscode.DiagnosticSeverity.Error, 'running'],
        ['flowmend', 'master-status-out-of-step', vscode.DiagnosticSeverity.Error, 'initialization'],
        ['flowmend', 'import-unlinked', vscode.DiagnosticSeverity.Error, 'none is linked to the flow'],
        ['flowmend', 'progress-out-of-step', vscode.DiagnosticSeverity.Warning, '0'],
        ['flowmend', 'phase-legacy-name', vscode.DiagnosticSeverity.Information, 'attribute_mapping'],
        ['flowmend', 'approval-pending', vscode.DiagnosticSeverity.Information, 'false'],
      ],
    );
  });

  it('stands in the Problems panel, as a person sees it', async () => {
    await vscode.commands.executeCommand('workbench.actions.view.problems');
    const panel = await ask('problems');
    for (const words of [
      'child status is running but should be waiting_for_approval',
      'master status is initialization',
      'no data import is linked',
      'progress is 0.0 but should be 16.7',
      '13 field mappings wait for approval',
    ]) {
      assert.ok(panel.includes(words), `${words} in ${panel}`);
    }
  });

  it('offers a quick fix for each finding that can be mended, and one for all', async () => {
    for (const diagnostic of await diagnosticsOf(STUCK_FLOW_ID, 6)) {
      const titles = (await quickFixes(diagnostic)).map((action) => action.title);
      const own = `Preview and mend: ${diagnostic.code}`;
      const mendable = !['phase-legacy-name', 'approval-pending'].includes(String(diagnostic.code));
      assert.deepEqual(titles, mendable ? [own, 'Preview and mend everything in this flow'] : []);
    }
  });

  it('previews as a diff of before and after, and writes nothing', async () => {
    await vscode.commands.executeCommand('flowmend.preview', STUCK_FLOW_ID);
    const diff = await until('the diff', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputTextDiff && input;
    });
    const [before, after] = await Promise.all(
      [diff.original, diff.modified].map(async (side) => (await vscode.workspace.openTextDocument(side)).getText()),
    );
    assert.match(before ?? '', /status +running\n/);
    assert.match(after ?? '', /status +waiting_for_approval\n/);
    assert.deepEqual(await everyRow(), asFound);
  });

  it('mends one finding by its quick fix, after the question, and only that', async () => {
    await choose('Preview and mend: child-status-should-wait');
    const { status, progress_percentage } = await child();
    assert.deepEqual([status, progress_percentage], ['waiting_for_approval', 0]);
    // The diff lies open beside the question and can be scrolled.
    assert.match(
      await ask('questions'),
      /Mend flow 1e640262\?.*The journal \(schema "flowmend"\) is made.*\n.*status\s+waiting_for_approval/s,
    );
    await diagnosticsOf(STUCK_FLOW_ID, 5);
  });

  it('closes the diff of what was written', () => {
    const labels = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    assert.deepEqual(
      labels.filter((label) => label.startsWith('Mend flow')),
      [],
    );
  });

  it('undoes it by the button of its receipt: every row is as it was found', async () => {
    does({ button: 'Undo' });
    await until('the rows as they were found', async () => isDeepStrictEqual(await everyRow(), asFound));
    await diagnosticsOf(STUCK_FLOW_ID, 6);
  });

  it('mends everything by the quick fix for all', async () => {
    await choose('Preview and mend everything in this flow');
    const left = await diagnosticsOf(STUCK_FLOW_ID, 2);
    assert.deepEqual(
      left.map(({ code }) => code),
      ['phase-legacy-name', 'approval-pending'],
    );
    const [linked] = await query(
      'select count(*)::int from migration.data_imports i join migration.crewai_flow_state_extensions m on m.id = i.master_flow_id where m.flow_id = $1',
      [STUCK_FLOW_ID],
    );
    assert.deepEqual(linked, { count: 1 });
  });

  it('resumes: it moves to data_cleansing with its mappings approved', async () => {
    await vscode.commands.executeCommand('flowmend.resume', STUCK_FLOW_ID);
    const { current_phase, field_mapping_completed } = await child();
    assert.deepEqual([current_phase, field_mapping_completed], ['data_cleansing', true]);
    assert.match(
      await ask('questions'),
      /POST http:\/\/127\.0\.0\.1:\d+\/api\/v1\/discovery\/flow\/1e640262.*\n.*Asset\sName\s→\sname\s\sconfidence\s0\.98/s,
    );
    await diagnosticsOf(STUCK_FLOW_ID, 0);
  });
});
