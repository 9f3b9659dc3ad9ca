import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { STUCK_FLOW_ID } from '../../../shared/demo/stuck-flow.ts';
import {
  connectEnvironment,
  database,
  diagnosticsOf,
  everyRow,
  flowUri,
  forgetConnection,
  query,
  rowsOfTree,
  setConnection,
  shown,
  signs,
} from './workbench.ts';

const TOLD = /This install is of a later generation of the platform \(collection_flows\): .*judges nothing here/;

describe('an install of a later generation', () => {
  before(async () => {
    await query('create table migration.collection_flows (id uuid)');
    // Opened anew, it reads the catalog anew.
    await setConnection(process.env.FLOWMEND_DATABASE_URL ?? '', 'Ask before each write');
  });

  after(async () => {
    await query('drop table migration.collection_flows');
    await forgetConnection();
    await connectEnvironment();
  });

  it('lists its flows in the tree as not judged, under the reason', async () => {
    const [reason, ...flows] = await rowsOfTree();
    assert.equal(reason?.label, 'Nothing is judged here');
    assert.match(String(reason?.tooltip), TOLD);
    assert.equal(flows.length, 41);
    for (const { description, iconPath, collapsibleState } of flows) {
      assert.match(String(description), /^not judged · /);
      assert.equal((iconPath as vscode.ThemeIcon).id, 'circle-outline');
      assert.equal(collapsibleState, vscode.TreeItemCollapsibleState.None);
    }
  });

  it('says it once in a notification', async () => {
    await signs(/later generation of the platform/);
  });

  it("shows a flow's records under the reason, without a finding", async () => {
    await vscode.commands.executeCommand('flowmend.diagnose', STUCK_FLOW_ID);
    const text = await shown(TOLD);
    const [head = '', told = ''] = text.split('\n');
    assert.match(head, new RegExp(`^${database()} · as of .* UTC$`));
    assert.match(told, TOLD);
    assert.match(text, /NOT JUDGED/);
    assert.match(text, /discovery_flows \(source of truth\)/);
    assert.doesNotMatch(text, /recommended|resume {3}|[✖✔]/);
    assert.deepEqual(await diagnosticsOf(STUCK_FLOW_ID, 0), []);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), flowUri(STUCK_FLOW_ID).toString());
  });

  it('mends nothing', async () => {
    const asFound = await everyRow();
    for (const command of ['plan', 'preview', 'apply', 'resume']) {
      await vscode.commands.executeCommand(`flowmend.${command}`, STUCK_FLOW_ID);
    }
    await vscode.commands.executeCommand('flowmend.applyMany');
    assert.deepEqual(await everyRow(), asFound);
  });
});
