import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fleet } from '../../shared/demo/fleet.ts';
import { STUCK_FLOW_ID, stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { readPlanFile } from '../../shared/repair/plan-file.ts';
import { jsonSchemas } from '../../shared/report/json.ts';
import { type Gate, openGate } from '../support/gate.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { KEYS, openTerminal, type Terminal, type TerminalOptions } from '../support/terminal.ts';

const SHORT_ID = STUCK_FLOW_ID.slice(0, 8);
let install: Install;
let gate: Gate;
let terminal: Terminal;
let folder: string;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => [stuckFlow(variant), ...fleet(variant, new Date())]);
  gate = await openGate(install.url);
  folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
});

afterEach(async () => {
  terminal.close();
  await gate.shut();
  await install.close();
  await rm(folder, { recursive: true });
});

async function open(options: TerminalOptions = {}): Promise<Terminal> {
  terminal = openTerminal(['--write'], {
    folder,
    ...options,
    environment: {
      FLOWMEND_DATABASE_URL: gate.url,
      FLOWMEND_API_URL: await install.startApi(),
      ...options.environment,
    },
  });
  await terminal.until('STUCK: waits for an approval');
  return terminal;
}

/** The row of the list that is chosen: by its mark, whatever the terminal can do. */
function chosen(terminal: Terminal): string {
  return terminal.rows().find((row) => row[1] === '›') ?? '';
}

const statuses = async () => {
  const [row] = await install.query(
    `select c.status, m.flow_status as master from ${install.variant.schema}.discovery_flows c
     join ${install.variant.schema}.crewai_flow_state_extensions m using (flow_id) where flow_id = $1`,
    [STUCK_FLOW_ID],
  );
  return row;
};

describe('looking', () => {
  test('the first screen shows the stuck flow first, why it is stuck and what to press, at 80x24', async () => {
    const { rows, screen, alternate } = await open();
    expect(alternate()).toBe(true);
    expect(rows()[0]).toMatch(/^flowmend {2}flowmend_\w+… {2}41 flows {2}✖ 13 {2}▲ 4 {2}○ 4 {2}● 20 +live \d s$/);
    expect(rows()[2]).toMatch(new RegExp(`^✖›${SHORT_ID} attribute_mapping +running +\\d+ \\w+ +3 errors`));
    expect(screen()).toContain(STUCK_FLOW_ID);
    expect(screen()).toContain('✔ import  ⏸ mapping  · cleansing  · inventory  · dependencies  · tech debt');
    expect(screen()).toMatch(/✖ child status +running → waiting_for_approval/);
    expect(screen()).toMatch(/✖ master flow_status +initialization → waiting_for_approval/);
    expect(screen()).toContain('✖ no data import is linked to the flow; the flow names import b7f2c0de');
    expect(screen()).toMatch(/▲ child progress_percentage +0\.0 → 16\.7/);
    expect(screen()).toContain('resume: approve 13 mappings, then data_cleansing; mend it first');
    const bar = rows().at(-2);
    expect(bar).toContain('m mend 4');
    expect(bar).toContain('p preview');
    // Not offered: nothing can be taken back, and it must be mended before it is resumed.
    expect(bar).not.toMatch(/undo|resume/);
  });

  test('letters and arrows move, and the detail follows', async () => {
    const terminal = await open();
    expect(chosen(terminal)).toContain(SHORT_ID);
    terminal.press('j');
    await terminal.until(() => chosen(terminal).includes('b4d0bf03'));
    await terminal.until('── b4d0bf03-');
    terminal.press(KEYS.down, KEYS.down);
    await terminal.until(() => chosen(terminal).includes('16d11b6c'));
    terminal.press('k', KEYS.up);
    await terminal.until(() => chosen(terminal).includes('b4d0bf03'));
    terminal.press('G');
    await terminal.until('41 of 41');
    await terminal.until('● no finding: its records agree');
    terminal.press('g');
    await terminal.until(() => chosen(terminal).includes(SHORT_ID));
    terminal.press(KEYS.pageDown);
    await terminal.until('9 of 41');
    // Several keys in one piece, as a slow line delivers them.
    terminal.press('kkk');
    await terminal.until('6 of 41');
  });

  test('the filter narrows the list, and Escape clears it', async () => {
    const terminal = await open();
    terminal.press('/', 'import-unl', 'inked');
    await terminal.until('1 of 5');
    terminal.press(KEYS.enter, 'j');
    await terminal.until('2 of 5');
    terminal.press(KEYS.escape);
    await terminal.until('of 41');
    terminal.press('/', 'nothing like this');
    await terminal.until('No flow matches "nothing like this". Esc shows all.');
    terminal.press(KEYS.escape);
    await terminal.until(`✖›${SHORT_ID}`);
  });

  test('help shows every key, Enter the whole diagnosis', async () => {
    const terminal = await open();
    terminal.press('?');
    const help = await terminal.until('Follow a flow until it moves');
    for (const words of [
      'Scan all flows',
      'Apply a repair (asks first)',
      'q Ctrl-C',
      'filter by any word',
      'waits for y',
    ]) {
      expect(help).toContain(words);
    }
    terminal.press(KEYS.escape);
    await terminal.until('m mend 4');
    terminal.press(KEYS.enter);
    await terminal.until(/everything about this flow.*lines 1-18 of/);
    terminal.press('G');
    await terminal.until('after the repair: processes');
    terminal.press(KEYS.escape);
    await terminal.until('m mend 4');
  });

  test('it fills a larger terminal and follows a resize', async () => {
    const terminal = await open();
    terminal.resize(120, 40);
    await terminal.until(/name +phase +status/);
    await terminal.until(() => terminal.rows().at(-2)?.includes('q quit') === true);
    expect(terminal.screen()).toContain('Discovery Import b7f2c0de');
    // There is room for the reasons now.
    expect(terminal.screen()).toContain('13 field mappings exist, field_mapping_completed is false');
    terminal.resize(80, 24);
    await terminal.until(() => terminal.rows().at(-2)?.includes('q quit') === true);
    await terminal.until((screen) => !screen.includes('name  '));
  });

  test('no frame fills the terminal, and none clears it', async () => {
    const terminal = await open();
    const first = terminal.written().length;
    let filled = 0;
    terminal.emulator.onWriteParsed(() => {
      if (terminal.rows().at(-1) !== '') filled += 1;
    });
    for (const [key, shown] of [
      ['jjj', '4 of 41'],
      ['G', '41 of 41'],
      ['g', '1 of 41'],
      ['?', 'waits for y'],
      [KEYS.escape, 'm mend 4'],
      [KEYS.enter, 'everything about this flow'],
      ['G', 'after the repair: processes'],
      [KEYS.escape, 'm mend 4'],
      ['m', 'MEND THIS FLOW?'],
      ['n', 'Nothing was written.'],
    ] as const) {
      terminal.press(key);
      await terminal.until(shown);
    }
    const from = (/live (\d)/.exec(terminal.screen()) ?? [])[1];
    await terminal.until((screen) => (/live (\d)/.exec(screen) ?? [])[1] !== from);
    const later = terminal.written().slice(first);
    expect(later.length).toBeGreaterThan(0);
    expect(later).not.toMatch(/\u001b\[[23]J|\u001b\[H\u001b\[J|\u001b\[1;1H/);
    expect(filled).toBe(0);
  });

  test('NO_COLOR leaves every colour out', async () => {
    const terminal = await open({ environment: { NO_COLOR: '1', CI: 'true' } });
    expect(terminal.written()).not.toMatch(/\u001b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9\d)m/);
    expect(chosen(terminal)).toContain(SHORT_ID);
  });

  test.each([
    ['q', 'q'],
    ['Ctrl-C', KEYS.ctrlC],
  ])('%s leaves the terminal as it was', async (_, key) => {
    const terminal = await open();
    expect(terminal.cursorShown()).toBe(false);
    terminal.press(key);
    expect(await terminal.exited).toBe(0);
    expect(terminal.alternate()).toBe(false);
    expect(terminal.cursorShown()).toBe(true);
    expect(terminal.screen().trim()).toBe('');
  });

  test('text from the database cannot draw on the terminal', async () => {
    await install.query(`update ${install.variant.schema}.discovery_flows set flow_name = $2 where flow_id = $1`, [
      STUCK_FLOW_ID,
      'Evil \u001b[2J\u001b]0;title\u0007\u202eesrever\u0000'.replace('\u0000', '\u009b31m'),
    ]);
    const terminal = await open({ columns: 130 });
    await terminal.until('Evil \\u001b[2J');
    expect(terminal.screen()).toContain('\\u202eesrever\\u009b31m');
    const written = terminal.written();
    for (const raw of ['\u001b]0;title', '\u202e', '\u009b', '\u0007']) expect(written).not.toContain(raw);
  });
});

test('the demo opens the dashboard on a database of its own and leaves nothing running', async () => {
  terminal = openTerminal(['demo'], { folder });
  await terminal.until('STUCK: waits for an approval');
  const [, port = ''] = /demo on 127\.0\.0\.1:(\d+)/.exec(terminal.screen()) ?? [];
  terminal.press('m');
  await terminal.until('MEND THIS FLOW?');
  terminal.press('y');
  await terminal.until('✔ written and verified, receipt');
  terminal.press('q');
  expect(await terminal.exited).toBe(0);
  await expect(new pg.Client({ host: '127.0.0.1', port: Number(port) }).connect()).rejects.toThrow('ECONNREFUSED');
});

describe('acting', () => {
  test('a preview shows the rows before and after, and nothing changes', async () => {
    const terminal = await open();
    const before = await install.everyRow();
    terminal.press('p');
    const screen = await terminal.until('PREVIEW: run and rolled back, nothing was written');
    expect(screen).toContain('It would change 26 rows:');
    expect(screen).toMatch(/status +running → waiting_for_approval/);
    expect(screen).toMatch(/master_flow_id +NULL → 4d0c6e0a/);
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
    expect(chosen(terminal)).toMatch(new RegExp(`○›${SHORT_ID} .*waiting_for_approval`));

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
    await terminal.until('u undo');
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
    await terminal.until('✔ everything about this flow written to flowmend-1e640262-export-');
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
    const terminal = await open();
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
    const api = createServer((_, response) => response.writeHead(answer.status).end(JSON.stringify(answer.body)));
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = api.address() as AddressInfo;
      const terminal = await open({ environment: { FLOWMEND_API_URL: `http://127.0.0.1:${port}` } });
      terminal.press('m');
      await terminal.until('MEND THIS FLOW?');
      terminal.press('y');
      await terminal.until(/^r resume {2}/m);
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
    } finally {
      api.closeAllConnections();
      api.close();
    }
  });

  test('a flow that changed while the resume was asked about gets no call', async () => {
    const calls: string[] = [];
    const api = createServer((request, response) => {
      calls.push(request.url ?? '');
      response.writeHead(200).end('{"success": true}');
    });
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = api.address() as AddressInfo;
      const terminal = await open({ environment: { FLOWMEND_API_URL: `http://127.0.0.1:${port}` } });
      terminal.press('m');
      await terminal.until('MEND THIS FLOW?');
      terminal.press('y');
      await terminal.until(/^r resume {2}/m);
      terminal.press('r');
      await terminal.until('RESUME THIS FLOW?');
      await install.query(
        `update ${install.variant.schema}.discovery_flows set field_mapping_completed = true where flow_id = $1`,
        [STUCK_FLOW_ID],
      );
      terminal.press('y');
      await terminal.until('the flow changed since this call was shown');
      expect(calls).toEqual([]);
    } finally {
      api.close();
    }
  });

  test('what is not offered says so instead of acting', async () => {
    const terminal = await open();
    terminal.press('r');
    await terminal.until('resume is not offered yet: mend it first, with m.');
    terminal.press('u');
    await terminal.until('undo is not offered for this flow as it stands.');
  });
});

test('when the database goes away the last known state stays, with its age, and it recovers by itself', async () => {
  const terminal = await open();
  await gate.shut();
  const offline = await terminal.until(/✖ offline: \d+ s old/);
  expect(offline).toContain('✖ No connection to the database');
  expect(offline).toContain('Retrying.');
  expect(offline).toContain(`✖›${SHORT_ID}`);
  expect(offline).toContain('STUCK: waits for an approval nobody was shown');
  expect(offline).not.toContain('live');

  // Another flow was never read: what the list knows is shown, and that it is only that.
  terminal.press('j');
  await terminal.until('Only what the last scan saw:');
  terminal.press('p');
  await terminal.until(/^✖ No connection to the database: .*\n.* q quit/m);
  // What was read of a flow stays its last known state.
  terminal.press('k');
  await terminal.until('STUCK: waits for an approval nobody was shown');
  terminal.press('m');
  await terminal.until('FAILURE');
  expect(terminal.screen()).toContain('No connection to the database: ');
  terminal.press(KEYS.escape);

  await gate.open();
  await terminal.until(/live \d s/);
  await terminal.until('STUCK: waits for an approval nobody was shown');
  expect(terminal.screen()).not.toContain('offline');
});

test('a network that swallows everything is noticed, and given up for new connections', async () => {
  const patience = { FLOWMEND_STATEMENT_TIMEOUT_MS: '1500', FLOWMEND_CONNECT_TIMEOUT_MS: '1500' };
  const terminal = await open({ environment: patience });
  gate.freeze();
  const offline = await terminal.until(/✖ offline: \d+ s old/);
  expect(offline).toContain('STUCK: waits for an approval nobody was shown');
  gate.thaw();
  await terminal.until(/live \d s/);
  terminal.press('q');
  expect(await terminal.exited).toBe(0);
});
