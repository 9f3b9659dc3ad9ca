import { readdir, readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { STUCK_FLOW_ID } from '../../shared/demo/stuck-flow.ts';
import { readPlanFile } from '../../shared/repair/document/plan-file.ts';
import { jsonSchemas } from '../../shared/report/machine/json.ts';
import { chosen, folder, gate, install, open, SHORT_ID, statuses } from '../support/dashboard.ts';
import { KEYS, type Terminal } from '../support/terminal.ts';

/** Mends the stuck flow before a platform that answers like this, up to where it can be resumed. */
async function mendedBefore(platform: RequestListener, work: (terminal: Terminal) => Promise<void>): Promise<void> {
  const api = createServer(platform);
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = api.address() as AddressInfo;
    const terminal = await open({ environment: { FLOWMEND_API_URL: `http://127.0.0.1:${port}` } });
    terminal.press('m');
    await terminal.until('MEND THIS FLOW?');
    terminal.press('y');
    await terminal.until(/^r resume {2}/m);
    await work(terminal);
  } finally {
    api.closeAllConnections();
    api.close();
  }
}

describe('acting', () => {
  test('a preview shows the rows before and after, and nothing changes', async () => {
    const terminal = await open();
    const before = await install.everyRow();
    terminal.press('p');
    const screen = await terminal.until('PREVIEW: run and rolled back, nothing was written');
    expect(screen).toContain('It would change 26 rows:');
    expect(screen).toMatch(/status +running → waiting_for_approval/);
    expect(screen).toMatch(/master_flow_id +NULL → 4d0c6e0a/);
    expect(screen).toContain('raw records  raw_import_records');
    expect(await install.everyRow()).toEqual(before);
  });

  test('mend asks, yes writes, undo brings every row back, and resume moves the flow', async () => {
    const terminal = await open();
    const before = await install.everyRow();

    terminal.press('m');
    const question = await terminal.until('MEND THIS FLOW?');
    expect(question).toContain('y writes 26 rows');
    expect(question).toContain('this also creates the schema "flowmend"');
    expect(await install.everyRow()).toEqual(before);
    terminal.press('n');
    await terminal.until('Nothing was written.');
    expect(await install.everyRow()).toEqual(before);

    terminal.press('m');
    await terminal.until('MEND THIS FLOW?');
    terminal.press('y');
    await terminal.until('✔ written and verified, receipt');
    expect(await statuses()).toEqual({ status: 'waiting_for_approval', master: 'waiting_for_approval' });
    terminal.press(KEYS.escape);
    await terminal.until('WAITING: ');
    await terminal.until(/mended \d+ \w+ ago by/);
    await terminal.until(() => new RegExp(`○›${SHORT_ID} .*waiting_for_approval`).test(chosen(terminal)));

    terminal.press('u');
    const undo = await terminal.until('TAKE THE REPAIR BACK?');
    expect(undo).toContain('y restores 26 rows');
    expect(undo).toMatch(/status +waiting_for_approval → running/);
    expect(undo).not.toContain('creates the schema');
    terminal.press('y');
    await terminal.until('TAKEN BACK');
    expect(await install.everyRow()).toEqual(before);
    terminal.press(KEYS.escape);
    await terminal.until('STUCK: waits for an approval');

    terminal.press('m');
    await terminal.until('MEND THIS FLOW?');
    terminal.press('y');
    await terminal.until('Next: r resumes the flow.');
    await terminal.until(/^r resume {2}/m);
    terminal.press('r');
    const resume = await terminal.until('RESUME THIS FLOW?');
    expect(resume).toContain(`POST /api/v1/discovery/flow/${STUCK_FLOW_ID}/resume`);
    expect(resume).toContain('This approves 13 field mappings:');
    expect(resume).toContain('this cannot be taken back from here');
    expect(await statuses()).toEqual({ status: 'waiting_for_approval', master: 'waiting_for_approval' });
    terminal.press('y');
    await terminal.until('✔ it moved: now in data_cleansing');
    expect(terminal.screen()).toContain('An answer is not a resumed flow');

    terminal.press(KEYS.escape);
    await terminal.until((now) => now.includes('u undo') && !now.includes('An answer is not a resumed flow'));
    terminal.press('u');
    const late = await terminal.until('THIS CANNOT BE TAKEN BACK NOW');
    expect(late).toContain('Rows changed since they were read:');
  });

  test('a plan that went stale while it was asked about is refused, with what changed', async () => {
    const terminal = await open();
    terminal.press('m');
    await terminal.until('MEND THIS FLOW?');
    await install.query(`update ${install.variant.schema}.discovery_flows set status = 'paused' where flow_id = $1`, [
      STUCK_FLOW_ID,
    ]);
    terminal.press('y');
    const screen = await terminal.until('NOT WRITTEN');
    expect(screen).toContain('nothing was written');
    expect(screen).toMatch(
      /discovery_flows\.status: planned from running, now paused,\s+wanted\s+waiting_for_approval/,
    );
    expect(screen).toContain('m makes a new plan from what stands there now.');
    terminal.press('m');
    await terminal.until('MEND THIS FLOW?');
    expect((await statuses())?.status).toBe('paused');
  });

  test('a plan is saved into the current folder and can be read back', async () => {
    const terminal = await open();
    terminal.press('w');
    await terminal.until('✔ plan written to flowmend-');
    const files = await readdir(folder);
    expect(files).toHaveLength(1);
    const plan = await readPlanFile(join(folder, files[0] ?? ''));
    expect(plan.flows).toEqual([STUCK_FLOW_ID]);
  });

  test('everything about a flow is written into the current folder', async () => {
    const terminal = await open();
    terminal.press('e');
    await terminal.until(/✔ exported, unredacted, to flowmend-1e640262-export-\d{8}T\d{6}\.json/);
    const [file, ...others] = (await readdir(folder)).filter((name) => name.includes('-export-'));
    expect(others).toEqual([]);
    const document = jsonSchemas.export.parse(JSON.parse(await readFile(join(folder, file ?? ''), 'utf8')));
    expect([document.flowId, document.records.rawRecords.length]).toEqual([STUCK_FLOW_ID, 23]);
  });

  test('following says that nothing moved yet, and Escape ends it', async () => {
    const terminal = await open();
    terminal.press('f');
    const screen = await terminal.until('waiting for it to move');
    expect(screen).toContain('FOLLOWING');
    await terminal.until(/attribute_mapping {2}0 % {2}child running, master initialization/);
    terminal.press(KEYS.escape);
    await terminal.until((now) => !/following/i.test(now) && now.includes('STUCK: '));
  });

  test('impatience is no second order: y y applies once, and while it writes q warns', async () => {
    // Long enough for every key to arrive while it writes.
    const terminal = await open({ environment: { FLOWMEND_LOCK_TIMEOUT_MS: '8000' } });
    const [{ id } = { id: '' }] = await install.query(
      `select id from ${install.variant.schema}.discovery_flows where flow_id = $1`,
      [STUCK_FLOW_ID],
    );
    terminal.press('m', 'm');
    await terminal.until('MEND THIS FLOW?');
    const blocker = new pg.Client({ connectionString: install.url });
    await blocker.connect();
    try {
      await blocker.query('begin');
      await blocker.query(`select from ${install.variant.schema}.discovery_flows where id = $1 for update`, [id]);
      terminal.press('y', 'y', 'm');
      await terminal.until('mend: writing…');
      terminal.press('q');
      await terminal.until('mend is still writing. Press again to leave all the same.');
      await terminal.until('Another session holds one of these rows; nothing was changed.');
    } finally {
      await blocker.end();
    }
    expect(terminal.screen()).toContain('FAILURE');
    expect((await statuses())?.status).toBe('running');
    terminal.press('m');
    await terminal.until('MEND THIS FLOW?');
    terminal.press('yy');
    await terminal.until('✔ written and verified, receipt');
    expect(await install.query('select from flowmend.journal')).toHaveLength(1);
  });

  test('a 200 is not a resumed flow, and a failure of the platform is shown as it said it', async () => {
    let answer = { status: 200, body: { success: true, message: 'Flow resumed' } as Record<string, unknown> };
    const platform: RequestListener = (_, response) =>
      response.writeHead(answer.status).end(JSON.stringify(answer.body));
    await mendedBefore(platform, async (terminal) => {
      terminal.press('r');
      await terminal.until('RESUME THIS FLOW?');
      terminal.press('n');
      await terminal.until('Nothing was sent.');
      terminal.press('r');
      await terminal.until('RESUME THIS FLOW?');
      terminal.press('y');
      await terminal.until('endpoint answered: Flow resumed');
      const following = await terminal.until(
        /child and master waiting_for_approval\n+waiting for it to move, \d+ s left/,
      );
      expect(following).not.toContain('it moved');
      // The answer was given: a database that goes away must not turn it into a failed resume.
      await gate.shut();
      const blind = await terminal.until(/No connection to the database: .* Retrying\./);
      await terminal.until(/✖ No connection to the database: .* Retrying\.\n+waiting for it to move/);
      expect(blind).toContain('endpoint answered: Flow resumed');
      await gate.open();
      await terminal.until((now) => !now.includes('No connection') && now.includes('waiting for it to move'));
      terminal.press(KEYS.escape);
      await terminal.until('WAITING: ');
      answer = { status: 500, body: { detail: 'Failed to resume flow: no \u001b[31mcrew' } };
      terminal.press('r');
      await terminal.until('RESUME THIS FLOW?');
      terminal.press('y');
      await terminal.until('The platform answered 500: Failed to resume flow: no \\u001b[31mcrew');
    });
  });

  test('a flow that changed while the resume was asked about gets no call', async () => {
    const calls: string[] = [];
    const platform: RequestListener = (request, response) => {
      calls.push(request.url ?? '');
      response.writeHead(200).end('{"success": true}');
    };
    await mendedBefore(platform, async (terminal) => {
      terminal.press('r');
      await terminal.until('RESUME THIS FLOW?');
      await install.query(
        `update ${install.variant.schema}.discovery_flows set field_mapping_completed = true where flow_id = $1`,
        [STUCK_FLOW_ID],
      );
      terminal.press('y');
      await terminal.until('the flow changed since this call was shown');
      expect(calls).toEqual([]);
    });
  });

  test('what is not offered says so instead of acting', async () => {
    const terminal = await open();
    terminal.press('r');
    await terminal.until('resume is not offered yet: mend it first, with m.');
    terminal.press('u');
    await terminal.until('undo is not offered for this flow as it stands.');
  });
});
