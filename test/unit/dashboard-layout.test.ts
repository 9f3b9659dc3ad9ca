import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { plain, span } from '../../shared/words/tone.ts';
import { fleetHeading, fleetLine } from '../../tui/dashboard/lines/fleet-lines.ts';
import { headerLine, underHeaderLine } from '../../tui/dashboard/lines/header-lines.ts';
import { helpLines } from '../../tui/dashboard/lines/help-lines.ts';
import { keyBarLine } from '../../tui/dashboard/lines/key-bar-line.ts';
import { cell, fitted, spread, widthOf, wrap } from '../../tui/dashboard/screen/fit.ts';
import { layoutOf, windowTop } from '../../tui/dashboard/screen/layout.ts';
import { initialState, reduce } from '../../tui/dashboard/state/state.ts';
import { finding, scanned, scanOf } from '../support/scanned.ts';

const at = (database: string) => ({ database, kind: 'connection' }) as const;
const text = (line: Parameters<typeof widthOf>[0]) => line.map((one) => one.text).join('');

describe('layout', () => {
  test.each([
    [80, 24],
    [120, 40],
    [200, 60],
    [40, 12],
    [20, 4],
  ])('%i x %i: the frame stays below the height of the terminal', (columns, rows) => {
    const { width, height, list, detail, panel } = layoutOf(columns, rows);
    expect(height).toBe(rows - 1);
    expect(width).toBeLessThan(columns);
    expect(list).toBeGreaterThan(0);
    expect(list + detail).toBe(panel);
    if (rows >= 8) expect(panel + 5).toBe(height);
  });

  test('the window keeps the chosen row in view and never leaves the list', () => {
    for (const count of [0, 1, 8, 41, 5_000]) {
      for (const index of [0, 1, Math.floor(count / 2), count - 1]) {
        const top = windowTop(index, count, 8);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(top).toBeLessThanOrEqual(Math.max(0, count - 8));
        if (index >= 0 && index < count) expect(index - top).toBeLessThan(8);
        if (index >= 0 && index < count) expect(index).toBeGreaterThanOrEqual(top);
      }
    }
  });
});

describe('fitting', () => {
  test('what fits is left alone; what does not ends in an ellipsis', () => {
    const line = [span('one '), span('two', 'bad')];
    expect(fitted(line, 7)).toBe(line);
    expect(text(fitted(line, 6))).toBe('one t…');
    expect(text(fitted(line, 1))).toBe('…');
    expect(fitted(line, 0)).toEqual([]);
  });

  test.each(['漢字漢字漢字', '👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 'e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301', 'ﷺﷺﷺﷺﷺﷺ'])(
    '%s is cut by display width',
    (wide) => {
      for (let width = 1; width < 12; width++) {
        expect(widthOf(fitted([span(wide)], width))).toBeLessThanOrEqual(width);
        expect(stringWidth(cell(wide, width).text)).toBe(width);
      }
    },
  );

  test('both ends of a spread line stay in the width', () => {
    expect(text(spread([span('left')], [span('right')], 12))).toBe('left   right');
    expect(text(spread([span('a long left side')], [span('right')], 12))).toBe('a lon… right');
  });

  test('wrapping loses nothing and stays in the width', () => {
    const words = 'the master is waiting_for_approval and mentions the mapping phase';
    const rows = wrap([span(words)], 30);
    for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(30);
    expect(plain(rows).split(/\s+/).join(' ')).toBe(words);
    const long = wrap([span('x'.repeat(95))], 20);
    expect(plain(long).replaceAll(/\s/g, '')).toBe('x'.repeat(95));
    for (const row of long) expect(widthOf(row)).toBeLessThanOrEqual(20);
  });
});

describe('lines', () => {
  const state = reduce(initialState(0), { type: 'scanned', scan: scanOf([scanned(1)]), now: 0 });
  const flows = [
    scanned(1),
    scanned(2, { findings: [finding()] }),
    scanned(3, { name: null, phase: null, status: 'waiting_for_approval' }),
    scanned(4, { name: '漢'.repeat(90), status: '🎉'.repeat(40), phase: 'x'.repeat(100) }),
    scanned(5, { name: 'a\u001b[2Jb\u202ec\nd', status: '\u0007', phase: '\r\n' }),
  ];

  test.each([20, 40, 79, 99, 119, 199])('no row of the list is wider than %i columns', (width) => {
    for (const flow of flows) expect(widthOf(fleetLine(flow, 0, width))).toBeLessThanOrEqual(width);
    expect(widthOf(fleetHeading(width))).toBeLessThanOrEqual(width);
    expect(widthOf(keyBarLine(state, width))).toBeLessThanOrEqual(width);
  });

  test.each([59, 79, 99, 199])('at %i columns no heading is cut, beside the place in a long list', (width) => {
    const listed = { ...state, scan: scanOf(Array.from({ length: 1_000 }, (_, index) => scanned(index + 1))) };
    const heading = text(underHeaderLine(listed, 1_000, 999, width));
    expect(heading).toMatch(/^ {2}flow .*phase .* age {2}why +1000 of 1000$/);
    expect(stringWidth(heading)).toBe(width);
    // Each value stands below its heading.
    const row = text(fleetLine(scanned(2, { findings: [finding()] }), 0, width));
    expect(row.indexOf('progress is')).toBe(heading.indexOf('why'));
  });

  test('a wide terminal shows the whole name, with the id in it', () => {
    const name = `Discovery Import ${'0'.repeat(36)}`;
    expect(text(fleetLine(scanned(1, { name }), 0, 199))).toContain(`${name} `);
  });

  test('where it is narrow the keys stand below each other', () => {
    const keys = helpLines(59).slice(0, -5);
    for (const line of keys) expect(widthOf(line)).toBeLessThanOrEqual(59);
    expect(plain(helpLines(59))).toContain('\nmove\nj k ↓ ↑   down, up\n');
  });

  test('a row says its state by glyph and by word', () => {
    expect(text(fleetLine(scanned(1), 0, 79))).toMatch(/^● 00000001 .* healthy$/);
    expect(text(fleetLine(scanned(2, { findings: [finding()] }), 0, 79))).toMatch(/^▲ 00000002 .* progress is 0\.0/);
  });

  test('what comes from the database is written out, not drawn', () => {
    const row = text(fleetLine(flows[4] ?? scanned(5), 0, 200));
    expect(row).toContain('a\\u001b[2Jb\\u202ec\\u000ad');
    expect(row).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  test('the database with its host stays, and the totals give way to it', () => {
    const line = text(headerLine(state, at(`${'x'.repeat(200)} on db.example.com:5432`), 79));
    expect(stringWidth(line)).toBeLessThanOrEqual(79);
    expect(line).toMatch(/^x+…x+ on db\.example\.com:5432 +live 0 s$/);
    const host = 'orders on orders-eu-1.example.com:5432';
    for (let width = 50; width < 140; width++) {
      const production = text(headerLine(state, { ...at(host), production: width > 70 ? 'eu-1' : undefined }, width));
      expect(production).toContain(host);
      expect(stringWidth(production)).toBeLessThanOrEqual(width);
    }
    expect(text(headerLine(state, at(host), 139))).toMatch(/^flowmend {2}orders on .* ● 1 +live 0 s$/);
    expect(text(headerLine(state, at(host), 60))).toMatch(/5432 {3}✖ 0/);
  });

  test('the demo says so, and no other database does', () => {
    expect(text(headerLine(state, { database: 'demo on 127.0.0.1:1', kind: 'demo' }, 60))).toMatch(/^DEMO demo on 127/);
    expect(text(headerLine(state, at('demo on 127.0.0.1:1'), 79))).not.toContain('DEMO');
  });

  test('never live where the last scan failed, and late where it is old', () => {
    const failed = reduce(state, { type: 'scan failed', trouble: { code: 'no-connection', message: 'm', next: '' } });
    expect(text(headerLine(failed, at('demo'), 79))).toContain('✖ offline: 0 s old');
    expect(text(headerLine({ ...state, now: 60_000 }, at('demo'), 79))).toContain('▲ late: 60 s old');
    const never = reduce(initialState(0), {
      type: 'scan failed',
      trouble: { code: 'no-connection', message: 'm', next: '' },
    });
    expect(text(headerLine(never, at('demo'), 79))).toContain('✖ offline: nothing read yet');
  });

  test('slow is not offline: what runs is said with its time, and who blocks it', () => {
    const trouble = { code: 'timed-out', message: 'The statement took longer.', next: '' };
    const slow = reduce(state, { type: 'scan failed', trouble });
    expect(text(headerLine(slow, at('demo'), 79))).toContain('▲ slow: 0 s old');
    const blocker = { pid: 27060, user: 'postgres', query: 'lock\u001b[2J table' };
    const waits = reduce(slow, { type: 'waits', wait: { since: -31_000, blockedBy: [blocker] } });
    const line = '▲ The server works on a statement for 31 s, blocked by pid 27060 (postgres): lock\\u001b[2J table';
    expect(text(underHeaderLine(waits, 1, 0, 120))).toBe(line);
    const nobody = reduce(waits, { type: 'waits', wait: { since: -31_000, blockedBy: [] } });
    expect(text(underHeaderLine(nobody, 1, 0, 120))).toBe('▲ The server works on a statement for 31 s');
    const gone = reduce(waits, { type: 'scan failed', trouble: { ...trouble, code: 'no-connection' } });
    expect(text(underHeaderLine(gone, 1, 0, 120))).toMatch(/^✖ The statement/);
    const refused = reduce(state, { type: 'scan failed', trouble: { ...trouble, code: 'no-rights' } });
    expect(text(headerLine(refused, at('demo'), 79))).toContain('✖ not read: 0 s old');
  });

  test('of a scan that ended early nothing is called healthy, and nothing live', () => {
    const lost = { code: 'no-connection', message: 'The connection was lost.', next: '' };
    const part = { ...scanOf([scanned(1)]), totals: { flows: 40, error: 1, warning: 0, info: 0, healthy: 0 } };
    const ended = reduce(state, { type: 'scanned', scan: { ...part, endedEarly: lost }, now: 0 });
    const header = text(headerLine(ended, at('demo'), 79));
    expect(header).toMatch(/40 flows {2}✖ 1 {2}▲ 0 {2}○ 0 +✖ offline: 0 s old$/);
    expect(text(underHeaderLine(ended, 1, 0, 79))).toContain('✖ The connection was lost. Retrying.');
    expect(reduce(ended, { type: 'scanned', scan: scanOf([scanned(1)]), now: 0 }).trouble).toBeUndefined();
  });

  test('the help fits on one screen of 80x24', () => {
    expect(helpLines(79).length).toBeLessThanOrEqual(layoutOf(80, 24).panel);
    for (const line of helpLines(79)) expect(widthOf(line)).toBeLessThanOrEqual(79);
  });
});

test('where not everything could be seen, the fleet does not look as if it had been', () => {
  const scan = scanOf([scanned(1)]);
  const shown = (notices: string[]) => {
    const state = reduce(initialState(0), { type: 'scanned', scan: { ...scan, notices }, now: 0 });
    return text(underHeaderLine(state, 1, 0, 79));
  };
  expect(shown(['row level security is on'])).toContain('▲ not all was seen');
  expect(shown([])).not.toContain('seen');
});
