import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  ask,
  breakWaitingFlows,
  connectEnvironment,
  database,
  does,
  everyRow,
  flowUri,
  forgetConnection,
  query,
  setConnection,
  signs,
  until,
} from './workbench.ts';

const RULE = 'child-status-should-wait';
const NAME = 'incident-db';

const reasons = async () =>
  (await query('select reason from flowmend.journal where reason is not null order by applied_at')).map(
    (row) => row.reason,
  );

async function statusOf(flowId: string): Promise<unknown> {
  const [row] = await query('select status from migration.discovery_flows where flow_id = $1', [flowId]);
  return row?.status;
}

describe('a connection that a person marked', () => {
  let broken: string[];

  before(async () => {
    broken = await breakWaitingFlows();
    assert.ok(broken.length >= 3, 'one flow to mend alone, and several to mend at once');
    await setConnection(process.env.FLOWMEND_DATABASE_URL ?? '', 'Production', NAME);
  });

  it('production: stands in the status bar and in the title of the tree', async () => {
    const screen = await signs(/Flowmend: production incident-db/);
    assert.match(screen, /production incident-db · Flows/);
  });

  it('production: one flow is not written while its name is not typed', async () => {
    const asFound = await everyRow();
    does(
      { box: `${NAME} is production (1 of 2)`, text: 'INC-7' },
      { box: `${NAME} is production (2 of 2)`, text: 'another' },
      { box: `That is not its name: ${NAME}`, text: 'another', key: 'Escape' },
    );
    await vscode.commands.executeCommand('flowmend.apply', broken[0], [RULE]);
    assert.deepEqual(await everyRow(), asFound);
    assert.deepEqual(await reasons(), []);
  });

  it('production: one flow is written with the reason and the name', async () => {
    does(
      { box: `${NAME} is production (1 of 2)`, text: 'INC-7' },
      { box: `${NAME} is production (2 of 2)`, text: NAME },
    );
    await vscode.commands.executeCommand('flowmend.apply', broken[0], [RULE]);
    assert.equal(await statusOf(String(broken[0])), 'waiting_for_approval');
    assert.deepEqual(await reasons(), ['INC-7']);
  });

  it('production: many flows are not written without a reason, and are with it', async () => {
    const asFound = await everyRow();
    const rule = { box: 'mend every flow', text: RULE };
    does(rule, { box: `${NAME} is production (1 of 2)`, text: '' });
    await vscode.commands.executeCommand('flowmend.applyMany');
    assert.deepEqual(await everyRow(), asFound);
    does(
      rule,
      { box: `${NAME} is production (1 of 2)`, text: 'INC-8' },
      { box: `${NAME} is production (2 of 2)`, text: NAME },
    );
    await vscode.commands.executeCommand('flowmend.applyMany');
    for (const flowId of broken) assert.equal(await statusOf(flowId), 'waiting_for_approval');
    assert.deepEqual(await reasons(), ['INC-7', 'INC-8']);
  });

  it('read-only: stands in the status bar and in the title of the tree', async () => {
    await query(`update migration.discovery_flows set status = 'running' where flow_id = any($1)`, [broken]);
    await setConnection('', 'Read-only');
    const screen = await signs(/read-only · Flows/);
    assert.match(screen, /Flowmend: read-only/);
    assert.doesNotMatch(screen, /production/);
  });

  it('read-only: says so, and neither one flow nor many are written', async () => {
    const asFound = await everyRow();
    const questions = await ask('questions');
    const refused =
      /This session is read-only: it can neither write, nor try a repair out, nor resume.*Flowmend: Set Connection/s;
    const commands: [string, ...unknown[]][] = [
      ['preview', broken[0]],
      ['apply', broken[0], [RULE]],
      ['undo', broken[0]],
      ['resume', broken[0]],
      ['applyMany'],
    ];
    for (const [command, ...args] of commands) {
      await vscode.commands.executeCommand('notifications.clearAll');
      await vscode.commands.executeCommand(`flowmend.${command}`, ...args);
      // Of more than three within a moment VS Code lets only the first three pop up; all are in its list.
      await vscode.commands.executeCommand('notifications.showList');
      await signs(refused);
    }
    assert.deepEqual(await everyRow(), asFound);
    assert.equal(await ask('questions'), questions);
  });

  it('read-only: no quick fix is offered', async () => {
    const uri = flowUri(String(broken[0]));
    await vscode.commands.executeCommand('flowmend.diagnose', broken[0]);
    const finding = await until('the finding', () =>
      vscode.languages.getDiagnostics(uri).find(({ code }) => code === RULE),
    );
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      finding.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    assert.deepEqual(
      actions.filter((action) => action.command?.command.startsWith('flowmend.')),
      [],
    );
  });

  it('stays where a person who is asked whether it is forgotten only presses Enter', async () => {
    does({ box: 'forget the connection?', text: '' });
    await vscode.commands.executeCommand('flowmend.clearConnection');
    assert.match(await signs(/read-only · Flows/), new RegExp(`Flowmend: read-only · ${database()}`));
  });

  it('is forgotten with the connection; nothing takes its place unasked', async () => {
    await forgetConnection();
    await signs(/Flowmend: not connected/);
    await vscode.commands.executeCommand('notifications.clearAll');
    const asFound = await everyRow();
    await vscode.commands.executeCommand('flowmend.apply', broken[0], [RULE]);
    await signs(/No database is connected; FLOWMEND_DATABASE_URL of the environment names/);
    assert.deepEqual(await everyRow(), asFound);
    await connectEnvironment();
    await vscode.commands.executeCommand('flowmend.apply', broken[0], [RULE]);
    await until('the flow mended again', async () => (await statusOf(String(broken[0]))) === 'waiting_for_approval');
  });
});
