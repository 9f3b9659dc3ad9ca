import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ask, does, flowUri, query, shown, signs, until } from './workbench.ts';

/** A link that runs a command, an address, an icon, an element. Short enough for a name of a phase. */
const HOSTILE = '[open](command:workbench.action.files.newUntitledFile) https://example.com $(trash) <img src=x>';
const RAISES = `raise exception '%', '${HOSTILE}'`;

/** Nothing on the screen became more than text. */
async function onlyText(): Promise<void> {
  assert.equal(await ask('active'), '');
}

describe('hostile text in rows, in errors and in what is picked', () => {
  let flowId: string;

  before(async () => {
    const [row] = await query(`select flow_id from migration.discovery_flows where flow_name = 'Inventory 7'`);
    flowId = String(row?.flow_id);
    const columns = await query(
      `select table_name as "table", column_name as "column", data_type as type, character_maximum_length as length
       from information_schema.columns
       where table_schema = 'migration' and data_type in ('text', 'character varying', 'json', 'jsonb')
         and table_name in ('discovery_flows', 'crewai_flow_state_extensions')`,
    );
    for (const { table, column, type, length } of columns) {
      const value = String(type).startsWith('json')
        ? JSON.stringify({ [HOSTILE]: HOSTILE })
        : HOSTILE.slice(0, Number(length ?? HOSTILE.length));
      await query(`update migration.${table} set ${column} = $1 where flow_id = $2`, [value, flowId]);
    }
    await query(`create function migration.hostile() returns trigger language plpgsql as $$ begin ${RAISES}; end $$`);
  });

  it('a document makes no link of it', async () => {
    await vscode.commands.executeCommand('flowmend.diagnose', flowId);
    await shown(/command:workbench/);
    await until('the language of the document', () => {
      const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === flowUri(flowId).toString());
      return open?.languageId === 'flowmend';
    });
    await vscode.commands.executeCommand('workbench.actions.view.problems');
    await onlyText();
  });

  it('nor do the documents of an export, of a plan and of the places of its id', async () => {
    does({ box: 'what goes into the export', text: 'Everything' });
    await vscode.commands.executeCommand('flowmend.export', flowId);
    await shown(/example\.com/);
    await until(
      'the language of the export',
      () => vscode.window.activeTextEditor?.document.languageId === 'flowmend-json',
    );
    await onlyText();
    await vscode.commands.executeCommand('flowmend.plan', flowId);
    await onlyText();
    await vscode.commands.executeCommand('flowmend.locate', flowId);
    await onlyText();
  });

  it('a notification makes neither a link nor an icon of a phase', async () => {
    does({ button: 'Cancel' });
    const watched = vscode.commands.executeCommand('flowmend.watch', flowId);
    await watched;
    await signs(/it has not moved.*example/s);
    await onlyText();
  });

  it('nor of what a trigger raises', async () => {
    const [broken] = await query(
      `select flow_id from migration.discovery_flows where status = 'running' and flow_id <> $1
       and data_import_completed and not field_mapping_completed limit 1`,
      [flowId],
    );
    assert.ok(broken);
    await query(
      'create trigger hostile before update on migration.discovery_flows for each row execute function migration.hostile()',
    );
    try {
      await vscode.commands.executeCommand('flowmend.apply', String(broken.flow_id));
      await signs(/would not hold.*example/s);
      await onlyText();
    } finally {
      await query('drop trigger hostile on migration.discovery_flows');
      await vscode.commands.executeCommand('notifications.clearAll');
    }
  });
});
