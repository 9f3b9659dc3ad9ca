import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { STUCK_FLOW_ID } from '../../shared/demo/stuck-flow.ts';
import { chosen, folder, install, open, SHORT_ID } from '../support/dashboard.ts';
import { KEYS, openTerminal } from '../support/terminal.ts';

/** Nothing lies open any more: a key that follows Escape within a moment would be one key with it. */
const MEND_AND_NO_BACK = /m mend 4(?!.*Esc back)/;

describe('looking', () => {
  test('the first screen shows the stuck flow first, why it is stuck and what to press, at 80x24', async () => {
    const { rows, screen, alternate } = await open();
    expect(alternate()).toBe(true);
    expect(rows()[0]).toMatch(/^flowmend_\w+ on 127\.0\.0\.1:\d+ +✖ 13 +live \d s$/);
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
    await terminal.until('No listed flow matches. Enter asks the database for an id, Esc shows all.');
    terminal.press(KEYS.escape);
    // Back to the flow that was chosen before.
    await terminal.until('✖›b4d0bf03');
  });

  test('help shows every key, Enter the whole diagnosis', async () => {
    const terminal = await open();
    terminal.press('?');
    const help = await terminal.until('Follow a flow until it moves');
    for (const words of [
      'Scan all flows',
      'Apply a repair (asks first)',
      'back, then quit',
      'a word, or any id',
      'waits for y',
    ]) {
      expect(help).toContain(words);
    }
    terminal.press(KEYS.escape);
    await terminal.until(MEND_AND_NO_BACK);
    terminal.press(KEYS.enter);
    await terminal.until(/everything about this flow.*lines 1-18 of/);
    terminal.press('G');
    await terminal.until('after the repair: processes');
    terminal.press(KEYS.escape);
    await terminal.until(MEND_AND_NO_BACK);
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
    // The emulator itself: also what stands there before a frame is whole.
    const { emulator } = terminal;
    emulator.onWriteParsed(() => {
      const { active } = emulator.buffer;
      const last = active.getLine(active.viewportY + emulator.rows - 1);
      if (last?.translateToString(true) !== '') filled += 1;
    });
    for (const [key, shown] of [
      ['jjj', '4 of 41'],
      ['G', '41 of 41'],
      ['g', '1 of 41'],
      ['?', 'waits for y'],
      [KEYS.escape, MEND_AND_NO_BACK],
      [KEYS.enter, 'everything about this flow'],
      ['G', 'after the repair: processes'],
      [KEYS.escape, MEND_AND_NO_BACK],
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
  const terminal = openTerminal(['demo'], { folder });
  await terminal.until('STUCK: waits for an approval');
  const [, port = ''] = /demo on 127\.0\.0\.1:(\d+)/.exec(terminal.screen()) ?? [];
  terminal.press('m');
  await terminal.until('MEND THIS FLOW?');
  terminal.press('y');
  await terminal.until('✔ written and verified, receipt');
  expect(terminal.rows()[0]).toMatch(/^DEMO demo on 127/);
  // Back to the list first: a panel is no place to leave from.
  terminal.press('q');
  await terminal.until('q quit');
  terminal.press('q');
  expect(await terminal.exited).toBe(0);
  await expect(new pg.Client({ host: '127.0.0.1', port: Number(port) }).connect()).rejects.toThrow('ECONNREFUSED');
});
