import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { diagnosticsOf, does, everyRow, query, until } from './workbench.ts';

describe('a finding that waits for a choice', () => {
  let flowId: string;

  before(async () => {
    const [row] = await query(
      `update migration.discovery_flows c set field_mappings = jsonb_set(field_mappings::jsonb, '{chosen}', '"here"')::json
       where flow_id = (
         select c.flow_id from migration.discovery_flows c
         join migration.crewai_flow_state_extensions m on m.flow_id = c.flow_id
         where c.flow_name = 'Inventory 12' and json_typeof(c.field_mappings) = 'object'
           and m.flow_persistence_data -> 'field_mappings' = c.field_mappings::jsonb)
       returning flow_id`,
    );
    flowId = String(row?.flow_id);
    await vscode.commands.executeCommand('flowmend.diagnose', flowId);
    const [finding] = await diagnosticsOf(flowId, 1);
    assert.equal(finding?.code, 'mappings-differ');
  });

  it('stays open where a person only presses Enter', async () => {
    const asFound = await everyRow();
    does({ box: 'Flowmend: mappings-differ', text: '' });
    await vscode.commands.executeCommand('flowmend.apply', flowId);
    assert.deepEqual(await everyRow(), asFound);
    await diagnosticsOf(flowId, 1);
  });

  it('is picked from a list, previewed, asked and mended', async () => {
    does({ box: 'Flowmend: mappings-differ', text: 'child' });
    const ended = vscode.commands.executeCommand('flowmend.apply', flowId);
    await until('the master with what was chosen', async () => {
      const [row] = await query(
        `select flow_persistence_data -> 'field_mappings' ->> 'chosen' as chosen
         from migration.crewai_flow_state_extensions where flow_id = $1`,
        [flowId],
      );
      return row?.chosen === 'here';
    });
    await ended;
    await diagnosticsOf(flowId, 0);
  });

  it('stands in the journal', async () => {
    await vscode.commands.executeCommand('flowmend.journal');
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, new RegExp(`^[0-9a-f-]{36} .* repair +1 row of flow ${flowId}`, 'm'));
  });
});
