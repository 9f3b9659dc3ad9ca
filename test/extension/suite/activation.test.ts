import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { actionList } from '../../../shared/actions.ts';
import { STUCK_FLOW_ID } from '../../../shared/demo/stuck-flow.ts';
import { database, query, rowsOfTree, signs } from './workbench.ts';

/** Who is connected to the database, but for the one who asks. */
const sessions = () =>
  query(
    `select pid from pg_stat_activity
     where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid() order by 1`,
  );

describe('activation', () => {
  it('registers a command for every action', async () => {
    await rowsOfTree();
    const registered = await vscode.commands.getCommands(true);
    const missing = actionList.map(({ id }) => `flowmend.${id}`).filter((id) => !registered.includes(id));
    assert.deepEqual(missing, []);
  });

  it('asks nothing of the database that the environment names before a person said so', async () => {
    const [row, ...others] = await rowsOfTree();
    assert.deepEqual(others, []);
    assert.equal(row?.label, `FLOWMEND_DATABASE_URL of the environment names ${database()}`);
    const before = await sessions();
    await vscode.commands.executeCommand('flowmend.scan');
    assert.deepEqual(await sessions(), before);
    assert.ok(row?.command);
    // What a click on the row does.
    await vscode.commands.executeCommand(row.command.command, ...(row.command.arguments ?? []));
    await signs(new RegExp(`Flowmend: ${database()}`));
  });

  it('shows the flows that are not well in the tree, the worst first, with its findings below it', async () => {
    const flows = await rowsOfTree();
    assert.equal(flows.length, 21);
    const [stuck] = flows;
    assert.equal(stuck?.label, STUCK_FLOW_ID.slice(0, 8));
    assert.match(String(stuck?.description), /^attribute_mapping · running · \d+ (mo|y)$/);
    const findings = await rowsOfTree(stuck);
    assert.deepEqual(
      findings.map((finding) => finding.label),
      [
        'child status is running but should be waiting_for_approval',
        'master status is initialization but should be waiting_for_approval',
        'no data import is linked to the flow; the flow names import b7f2c0de-51a4-4c1e-9a64-3f0d2a7c9e15',
        'progress is 0.0 but should be 16.7',
        'current phase has its old name attribute_mapping; today it is field_mapping',
        '13 field mappings wait for approval',
      ],
    );
    for (const { iconPath } of flows) assert.notEqual((iconPath as vscode.ThemeIcon).id, 'pass');
    await vscode.commands.executeCommand('flowmend.scan');
    await signs(/41 flows: 13 errors, 4 warnings, 4 info, 20 healthy/);
  });

  it('says how many flows are not listed', async () => {
    // The stuck flow 600 times more, without its master.
    const copies = await query(
      `insert into migration.discovery_flows select (jsonb_populate_record(f, jsonb_build_object(
         'id', gen_random_uuid(), 'flow_id', gen_random_uuid(), 'master_flow_id', null))).*
       from migration.discovery_flows f, generate_series(1, 600) where flow_id = $1 returning flow_id`,
      [STUCK_FLOW_ID],
    );
    try {
      await vscode.commands.executeCommand('flowmend.scan');
      const rows = await rowsOfTree();
      assert.equal(rows.length, 501);
      assert.equal(rows.at(-1)?.label, '500 of 621 listed');
      await signs(/641 flows: 613 errors/);
    } finally {
      await query('delete from migration.discovery_flows where flow_id = any($1::uuid[])', [
        copies.map(({ flow_id }) => flow_id),
      ]);
      await vscode.commands.executeCommand('flowmend.scan');
    }
  });
});
