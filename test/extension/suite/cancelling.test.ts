import assert from 'node:assert/strict';
import pg from 'pg';
import * as vscode from 'vscode';
import {
  breakWaitingFlows,
  does,
  everyRow,
  holding,
  lockWaitedFor,
  notified,
  query,
  rowsOfTree,
  shown,
  signs,
  until,
} from './workbench.ts';

const RULE = 'child-status-should-wait';

/** Nothing runs on the server for anybody, though what it waited for is still held. */
const idle = () =>
  until('a server that does nothing', async () => {
    const running = await query(
      `select query from pg_stat_activity where datname = current_database() and backend_type = 'client backend'
       and pid <> pg_backend_pid() and state = 'active'`,
    );
    return running.length === 0;
  });

const statuses = () =>
  query('select flow_id::text, status from migration.discovery_flows order by flow_id') as Promise<
    { flow_id: string; status: string }[]
  >;

describe('long work', () => {
  const client = new pg.Client({ connectionString: process.env.FLOWMEND_DATABASE_URL });
  let broken: string[];

  before(async () => {
    broken = await breakWaitingFlows();
    assert.ok(broken.length >= 3, 'one flow to mend alone, and several to mend at once');
    await client.connect();
    // A flow's document would be read anew, and wait as well.
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('flowmend.journal');
  });

  after(async () => {
    await client.end();
    await vscode.commands.executeCommand('flowmend.scan');
  });

  /** Runs a command that waits for a lock, cancels it, and sees that the server does nothing more for it. */
  async function cancelAt(lock: string, command: string, ...args: unknown[]): Promise<void> {
    await vscode.commands.executeCommand('notifications.clearAll');
    await client.query(`begin; lock table ${lock}`);
    try {
      const ended = vscode.commands.executeCommand(`flowmend.${command}`, ...args);
      await lockWaitedFor();
      does({ button: 'Cancel' });
      await ended;
      await idle();
    } finally {
      await client.query('rollback');
    }
  }

  const cancel = (command: string, ...args: unknown[]) => cancelAt('migration.discovery_flows', command, ...args);

  it('a scan ends on the server when it is cancelled, and begins again by a click only', async () => {
    await cancel('scan');
    const [row] = await rowsOfTree();
    assert.equal(row?.label, 'The scan was cancelled');
    await vscode.commands.executeCommand('flowmend.scan');
    await signs(/\d+ flows: /);
  });

  for (const command of ['diagnose', 'plan', 'preview', 'watch', 'locate']) {
    it(`so does ${command}`, async () => {
      await cancel(command, broken[0]);
      await notified(/You cancelled it\./);
    });
  }

  it('so does an export', async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await client.query('begin; lock table migration.discovery_flows');
    try {
      does({ box: 'what goes into the export', text: 'Everything' }, { button: 'Cancel' });
      await vscode.commands.executeCommand('flowmend.export', broken[0]);
      await idle();
    } finally {
      await client.query('rollback');
    }
  });

  for (const command of ['apply', 'undo', 'resume']) {
    it(`so does ${command}, which says that nothing was changed`, async () => {
      const asFound = await everyRow();
      await cancel(command, broken[0]);
      await notified(/You cancelled it\. Nothing was (written|sent)\./);
      assert.deepEqual(await everyRow(), asFound);
    });
  }

  it('of many flows what was written before stays and is counted', async () => {
    const asFound = await statuses();
    does(
      { box: 'mend every flow that breaks which rule?', text: RULE },
      { button: 'Change the Pace' },
      { box: 'Nothing is written yet', text: 'First flows' },
      { box: 'How many flows are mended first', text: '1' },
      { box: 'Nothing is written yet', text: 'Done' },
      { button: 'Apply' },
      { button: 'Go On' },
    );
    await vscode.commands.executeCommand('notifications.clearAll');
    const ended = vscode.commands.executeCommand('flowmend.applyMany');
    const plan = await shown(/Repair plan for/);
    const planned = [...plan.matchAll(/^ {2}([0-9a-f-]{36})$/gm)].map(([, id]) => String(id));
    const held = await holding(planned[1]);
    try {
      await held.waitedFor();
      does({ button: 'Cancel' });
      await ended;
      await idle();
    } finally {
      await held.letGo();
    }
    const left = planned.length - 1;
    await notified(
      new RegExp(`1 of ${planned.length} flows mended and verified; ${left} not written: .*; you cancelled it`),
    );
    const written = (await statuses()).filter(({ status }, index) => status !== asFound[index]?.status);
    assert.deepEqual(
      written.map(({ flow_id }) => flow_id),
      planned.slice(0, 1),
    );
  });

  it('a repair that waits while it is written is rolled back on the server', async () => {
    const asFound = await everyRow();
    const [flow] = await query(
      `select flow_id::text from migration.discovery_flows where status = 'running' and flow_id = any($1)`,
      [broken],
    );
    // The receipt is written after the rows.
    await cancelAt('flowmend.journal in exclusive mode', 'apply', flow?.flow_id, [RULE]);
    await notified(/You cancelled it\. Nothing was written\./);
    assert.deepEqual(await everyRow(), asFound);
  });
});
