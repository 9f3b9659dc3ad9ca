import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ask, does, holding, query, shown, signs } from './workbench.ts';

const RULE = 'child-status-should-wait';

const statuses = () =>
  query('select flow_id::text, status from migration.discovery_flows order by flow_id') as Promise<
    { flow_id: string; status: string }[]
  >;

describe('every flow that breaks a rule', () => {
  let asFound: { flow_id: string; status: string }[];
  let broken: string[];
  let stubborn: string | undefined;

  before(async () => {
    asFound = await statuses();
    const rows = await query(
      `update migration.discovery_flows set status = 'running' where status = 'waiting_for_approval'
       and data_import_completed and not field_mapping_completed returning flow_id::text`,
    );
    broken = rows.map((row) => String(row.flow_id));
    assert.ok(broken.length >= 2, 'several flows wait for an approval in the fleet of the demo');
    stubborn = broken[0];
    await query(`
      create function migration.stubborn() returns trigger language plpgsql as
        $$ begin if new.flow_id = '${stubborn}' then raise exception 'not this one'; end if; return new; end $$;
      create trigger stubborn before update on migration.discovery_flows
        for each row execute function migration.stubborn()`);
  });

  after(() => query('drop trigger stubborn on migration.discovery_flows; drop function migration.stubborn()'));

  it('is counted, shown, asked about at the pace that was set, paused and mended; what failed is one button away', async () => {
    does(
      { box: 'mend every flow that breaks which rule?', text: RULE },
      { button: 'Change the Pace' },
      { box: 'Nothing is written yet', text: 'First flows' },
      { box: 'How many flows are mended first', text: '1' },
      { box: 'Nothing is written yet', text: 'Rate' },
      { box: 'How many flows a second', text: '2' },
      { box: 'Nothing is written yet', text: 'Stop' },
      { box: 'how many percent failed', text: '10' },
      { box: 'Nothing is written yet', text: 'Done' },
      { button: 'Apply' },
      { button: 'Go On' },
    );
    const ended = vscode.commands.executeCommand('flowmend.applyMany');
    const plan = await shown(/Repair plan for/);
    const planned = [...plan.matchAll(/^ {2}([0-9a-f-]{36})$/gm)].map(([, id]) => String(id));
    const count = planned.length;
    assert.deepEqual(
      broken.filter((flowId) => !planned.includes(flowId)),
      [stubborn],
    );
    assert.match(plan, new RegExp(`^${count} of ${count + 1} flows would be mended and verified$`, 'm'));
    assert.match(plan, new RegExp(`✖ ${stubborn} rejected: .*not this one`));
    assert.match(plan, new RegExp(`^all flows with ${RULE}: ${count + 1} found$`, 'm'));
    assert.match(plan, new RegExp(`${count} × ${RULE} mended`));
    assert.ok(count >= 4, 'more flows than are written before it is paused');
    const held = await holding(planned[2]);
    try {
      await held.waitedFor();
      await vscode.commands.executeCommand('flowmend.pauseMending');
      await signs(/paused, go on/);
    } finally {
      await held.letGo();
    }
    const far = await signs(/paused {2}[^\n]*[34]\/\d+ flows/);
    assert.match(far, /paused, go on/);
    const waiting = (await statuses()).filter(
      ({ flow_id, status }) => planned.includes(flow_id) && status === 'running',
    );
    assert.ok(waiting.length > 0, 'it has not gone on by itself');
    await vscode.commands.executeCommand('flowmend.pauseMending');
    await ended;
    const expected = asFound.map(({ flow_id, status }) => ({
      flow_id,
      status: flow_id === stubborn ? 'running' : planned.includes(flow_id) ? 'waiting_for_approval' : status,
    }));
    assert.deepEqual(await statuses(), expected);
    const failed = JSON.parse(await shown(/"planHash"/));
    assert.deepEqual(failed.flows, [stubborn]);
    assert.match(failed.failed[0].why, /not this one/);
    const questions = await ask('questions');
    assert.match(questions, new RegExp(`Mend ${count} flows\\?.*batch by batch: it stops when over 20 %`, 's'));
    assert.match(
      questions,
      /batch by batch: 1 flow first, then it asks again; at most 2 flows a second; it stops when over 10 % of a batch fail/,
    );
    assert.match(
      questions,
      new RegExp(`Go on with the other ${count - 1} flows\\? Of the first 1, 1 are mended and verified, 0 failed`),
    );
  });

  it('is taken back flow by flow: the question names the flow, and the others of its batch stay', async () => {
    const before = await statuses();
    const flowId = broken.find((id) => id !== stubborn) ?? '';
    does({ box: 'how much is taken back?', text: 'Only flow' });
    await vscode.commands.executeCommand('flowmend.undo', flowId);
    assert.deepEqual(
      await statuses(),
      before.map((one) => (one.flow_id === flowId ? { ...one, status: 'running' } : one)),
    );
    assert.match(
      await ask('questions'),
      new RegExp(
        `Undo the repair of ${flowId.slice(0, 8)}\\?.*Takes back the repair of 1 (flow|of the \\d+ flows) of receipt.*${flowId}`,
        's',
      ),
    );
  });
});
