import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { fillReceiptsWithHostile, fillWithHostile, HOSTILE } from './hostile-rows.ts';
import { ask, does, flowUri, notified, query, rowsOfTree, shown, signs, until } from './workbench.ts';

const RAISES = `raise exception '%', '${HOSTILE}'`;
/** What a terminal or an editor would act on; line ends are ours. */
const ACTED_ON = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** Nothing on the screen became more than text. */
async function onlyText(): Promise<void> {
  assert.equal(await ask('active'), '');
}

/** The document in front says this, and nothing in it is acted on. */
async function onlyTextIn(what: RegExp, language = 'flowmend'): Promise<void> {
  assert.doesNotMatch(await shown(what), ACTED_ON);
  await until(`the language ${language}`, () => vscode.window.activeTextEditor?.document.languageId === language);
  await onlyText();
}

describe('hostile text in rows, in receipts, in errors, in answers and in what is picked', () => {
  let flowId: string;
  let filled: string[];

  before(async () => {
    const [row] = await query(`select flow_id from migration.discovery_flows where flow_name = 'Inventory 7'`);
    flowId = String(row?.flow_id);
    filled = await fillWithHostile(flowId);
    await query(`create function migration.hostile() returns trigger language plpgsql as $$ begin ${RAISES}; end $$`);
  });

  afterEach(() => vscode.commands.executeCommand('notifications.clearAll'));

  it('stands in every table that Flowmend reads', () => {
    const tables = new Set(filled.map((column) => column.split('.')[0]));
    assert.deepEqual([...tables].sort(), [
      'crewai_flow_state_extensions',
      'data_imports',
      'discovery_flows',
      'import_field_mappings',
      'raw_import_records',
    ]);
    assert.ok(filled.includes('discovery_flows.status'), 'the words of a status are free');
  });

  it('a document, its hover and the Problems panel make no link of it', async () => {
    await vscode.commands.executeCommand('flowmend.diagnose', flowId);
    await onlyTextIn(/command:noop/);
    const [finding] = vscode.languages.getDiagnostics(flowUri(flowId));
    assert.ok(finding);
    for (const { message } of vscode.languages.getDiagnostics(flowUri(flowId))) assert.doesNotMatch(message, ACTED_ON);
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    editor.selection = new vscode.Selection(finding.range.start, finding.range.start);
    await vscode.commands.executeCommand('workbench.actions.view.problems');
    await vscode.window.showTextDocument(editor.document);
    await vscode.commands.executeCommand('editor.action.showHover');
    await signs(new RegExp(`flowmend\\(${finding.code}\\)`));
    await onlyText();
  });

  it('nor does the tree, nor its hover', async () => {
    await vscode.commands.executeCommand('flowmend.scan');
    const rows = await rowsOfTree();
    const flow = rows.find(({ id }) => id === flowId);
    assert.ok(flow, 'it is not well');
    for (const { label, description, tooltip } of [flow, ...(await rowsOfTree(flow))]) {
      for (const text of [label, description ?? '', tooltip]) {
        assert.equal(typeof text, 'string', 'no MarkdownString');
        assert.doesNotMatch(String(text).replaceAll('\n', ''), ACTED_ON);
      }
    }
    assert.match(`${flow.description} ${flow.tooltip}`, /command:noop.*\\u202e.*command:noop/s);
    await vscode.commands.executeCommand('flowmend.flows.focus');
    await vscode.commands.executeCommand('list.focusFirst');
    for (const _ of rows.slice(0, rows.indexOf(flow))) await vscode.commands.executeCommand('list.focusDown');
    await vscode.commands.executeCommand('list.showHover');
    await signs(new RegExp(`${flowId}.*command:noop`, 's'));
    await onlyText();
  });

  it('nor do the documents of an export, of a plan, of the places of its id and of the journal', async () => {
    does({ box: 'what goes into the export', text: 'Everything' });
    await vscode.commands.executeCommand('flowmend.export', flowId);
    await onlyTextIn(/example\.com/, 'flowmend-json');
    await vscode.commands.executeCommand('flowmend.plan', flowId);
    await onlyTextIn(/"flowmend/, 'flowmend-json').catch(async () => onlyTextIn(/"schemaVersion"/, 'flowmend-json'));
    await vscode.commands.executeCommand('flowmend.locate', flowId);
    await onlyTextIn(new RegExp(flowId));
    await fillReceiptsWithHostile();
    await vscode.commands.executeCommand('flowmend.journal');
    await onlyTextIn(/command:noop/);
  });

  it('a notification makes neither a link nor an icon of a phase', async () => {
    does({ button: 'Cancel' });
    await vscode.commands.executeCommand('flowmend.watch', flowId);
    await notified(/it has not moved.*example/s);
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
      await notified(/would not hold.*example/s);
      await onlyText();
    } finally {
      await query('drop trigger hostile on migration.discovery_flows');
    }
  });

  it('a list to pick from makes neither of the keys and values of JSON', async () => {
    const [row] = await query(
      `update migration.discovery_flows c set field_mappings = jsonb_set(field_mappings::jsonb, array[$1], to_jsonb($1::text))::json
       where flow_name = 'Inventory 12' returning flow_id::text`,
      [HOSTILE],
    );
    const picking = vscode.commands.executeCommand('flowmend.apply', row?.flow_id);
    await signs(/Flowmend: mappings-differ.*Leave it as it is/s);
    await onlyText();
    does({ box: 'Flowmend: mappings-differ', text: '', key: 'Escape' });
    await picking;
  });
});
