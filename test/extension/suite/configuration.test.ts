import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { STUCK_FLOW_ID } from '../../../shared/demo/stuck-flow.ts';
import { diagnosticsOf, flowUri, until, written } from './workbench.ts';

/** `flowmend.yaml` in the root of the workspace. */
function file(): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a folder is open');
  return vscode.Uri.joinPath(folder.uri, 'flowmend.yaml');
}

async function configure(yaml: string): Promise<void> {
  await vscode.workspace.fs.writeFile(file(), new TextEncoder().encode(yaml));
}

const document = () => vscode.workspace.openTextDocument(flowUri(STUCK_FLOW_ID));

/** The findings of the stuck flow as `severity rule`, once they are as wanted. */
async function findings(what: string, wanted: (found: string[]) => boolean): Promise<void> {
  await document();
  await until(what, () =>
    wanted(vscode.languages.getDiagnostics(flowUri(STUCK_FLOW_ID)).map(({ severity, code }) => `${severity} ${code}`)),
  );
}

describe('flowmend.yaml of the workspace', () => {
  after(async () => {
    await vscode.workspace.fs.delete(file());
    await findings('the rules as they were', (found) => found.includes('1 progress-out-of-step'));
    // Its text follows a moment later.
    await written(flowUri(STUCK_FLOW_ID), /^[^;]* UTC\nFlow /);
  });

  it('changes severities, switches rules off and adds rules, as soon as it is saved', async () => {
    await findings('the rules as they are', (found) => found.includes('1 progress-out-of-step') && found.length === 6);
    await configure(
      [
        'rules: { progress-out-of-step: error, approval-pending: off }',
        "customRules: [{ id: mine, message: odd, severity: warning, where: status = 'running' }]",
      ].join('\n'),
    );
    await findings(
      'the rules as configured',
      (found) =>
        found.includes('0 progress-out-of-step') &&
        found.includes('1 mine') &&
        !found.some((one) => one.endsWith('approval-pending')),
    );
    // A rule that hides something is no secret.
    await until('what it switches off', async () =>
      (await document())
        .getText()
        .includes('flowmend.yaml of this workspace applies: 1 rule is off (approval-pending)'),
    );
  });

  it('that is wrong is told with its line', async () => {
    await configure('rules:\n  staled: off');
    await written(
      flowUri(STUCK_FLOW_ID),
      /^[^\n]* · as of [^\n]*; the database could not be asked since\n[^\n]*flowmend\.yaml:2:3: rules knows no "staled": did you mean "stalled"\?.*\nFlow 1e640262/s,
    );
    await diagnosticsOf(STUCK_FLOW_ID, 0);
  });
});
