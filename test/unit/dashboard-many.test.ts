import { describe, expect, test } from 'vitest';
import type { ManyProgress } from '../../shared/repair/apply/many-outcome.ts';
import { DEFAULT_PACE } from '../../shared/repair/apply/pace.ts';
import { plain } from '../../shared/words/tone.ts';
import { commandOf } from '../../tui/dashboard/keys/command.ts';
import { keyBarLine } from '../../tui/dashboard/lines/key-bar-line.ts';
import { panelTitle } from '../../tui/dashboard/lines/panel-lines.ts';
import { widthOf } from '../../tui/dashboard/screen/fit.ts';
import { layoutOf } from '../../tui/dashboard/screen/layout.ts';
import { panelRows } from '../../tui/dashboard/screen/panel-rows.ts';
import { type Ended, type ManyPanel, ruleChoices } from '../../tui/dashboard/state/many.ts';
import type { Panel } from '../../tui/dashboard/state/panel.ts';
import { initialState, type State } from '../../tui/dashboard/state/state.ts';

const layout = layoutOf(80, 24);
const shows = (panel: ManyPanel | Omit<Extract<Panel, { kind: 'question' }>, 'flowId'>): State => ({
  ...initialState(0),
  panel: { ...panel, flowId: '' } as Panel,
});
const press = (key: string, panel: ManyPanel) => commandOf(key, shows(panel), layout);
const text = (state: State, width = 79) => {
  const rows = panelRows(state, width);
  return plain(rows.view(0, rows.count));
};

const uuid = (index: number) => `${String(index).padStart(8, '0')}-0000-4000-8000-000000000000`;
const rule = (id: string, flows: number) => ({ rule: id, title: `title of ${id}`, severity: 'error', flows }) as const;
const failure = (index: number) => ({ flowId: uuid(index), kind: 'stale', why: '\u001b[2Jchanged' }) as const;

describe('a plan of many flows', () => {
  const flows = Array.from({ length: 100_001 }, (_, index) => uuid(index));
  const table = { schema: 'migration', name: 'discovery_flows' };
  const sums = {
    flows,
    mended: [{ rule: 'progress-out-of-step', findings: 100_001 }],
    written: [{ table, rows: 100_001 }],
    leftOut: [{ rule: 'import-unlinked', reason: 'choice', findings: 3 } as const],
    idle: 2,
  };
  const question = {
    kind: 'applyMany',
    plan: { chosenBy: 'all flows with progress-out-of-step', batchSize: 500 },
    sums,
    trial: { total: 100_001, ran: 100_000, failed: [failure(7)] },
    pace: DEFAULT_PACE,
    journal: { kind: 'table', state: 'current' },
  };
  const state = shows({ kind: 'question', question } as unknown as Extract<Panel, { kind: 'question' }>);

  test('every id can be scrolled to, and only the rows in view are made', () => {
    const rows = panelRows(state, 79);
    expect(rows.count).toBeGreaterThan(50_000);
    const seen = new Set<string>();
    for (let from = 0; from < rows.count; from += layout.panel) {
      const view = rows.view(from, layout.panel);
      expect(view.length).toBeLessThanOrEqual(layout.panel);
      for (const line of view) expect(widthOf(line)).toBeLessThanOrEqual(79);
      for (const id of plain(view).match(/\d{8}-0000-4000-8000-000000000000/g) ?? []) seen.add(id);
    }
    expect(seen.size).toBe(flows.length);
  });

  test.each([79, 40, 20])('in %i columns nothing is wider than that', (width) => {
    for (const line of panelRows(state, width).view(0, 60)) expect(widthOf(line)).toBeLessThanOrEqual(width);
  });

  test('says what would be written, what would fail and what is left as it is', () => {
    const shown = plain(panelRows(state, 79).view(0, 18));
    expect(shown).toContain('y mends 100,001 flows: 10 first, then up to 500 in a transaction.');
    expect(shown).toMatch(/100,000 of 100,001 flows would be mended and\s+verified/);
    expect(shown).toMatch(/Left out: 1 flow that failed[^\n]*\n +1 × stale: \\u001b\[2Jchanged/);
    expect(text(state)).toMatch(new RegExp(`\n  ✖ ${uuid(7)} stale: [^\n]*$`));
    expect(shown).toContain('100,001 rows of migration.discovery_flows written');
    expect(shown).toContain('3 × import-unlinked left as it is: m asks, flow by flow');
    expect(shown).toContain('2 flows have nothing to write');
  });

  test('c, r and s ask for a number; what is no such number changes nothing', () => {
    const answering = (asked: 'canary' | 'flowsPerSecond' | 'stopAtShare', typed: string) =>
      commandOf('enter', { ...state, answer: { asked, text: typed, reason: '' } }, layout);
    expect(commandOf('c', state, layout)).toMatchObject({ event: { type: 'answering', answer: { asked: 'canary' } } });
    expect(commandOf('r', state, layout)).toMatchObject({ event: { answer: { asked: 'flowsPerSecond', text: '' } } });
    expect(commandOf('s', state, layout)).toMatchObject({ event: { answer: { asked: 'stopAtShare', text: '' } } });
    const paced = (pace: object) => ({ do: 'change', event: { type: 'panel opened', panel: { question: { pace } } } });
    expect(answering('canary', '250')).toMatchObject(paced({ canary: 250, stopAtShare: 0.2 }));
    expect(answering('flowsPerSecond', '50')).toMatchObject(paced({ canary: 10, flowsPerSecond: 50 }));
    expect(answering('flowsPerSecond', '0')).toMatchObject(paced({ flowsPerSecond: undefined }));
    expect(answering('stopAtShare', '5 %')).toMatchObject(paced({ stopAtShare: 0.05 }));
    expect(answering('canary', '')).toMatchObject(paced({ canary: 10 }));
    for (const typed of ['-1', '1.5', 'many', '100001', '1e3', '0x10']) {
      expect(answering('canary', typed)).toMatchObject({ event: { type: 'noticed' } });
    }
    expect(answering('stopAtShare', '101')).toMatchObject({ event: { type: 'noticed' } });
    // Nothing is written on a key of the pace.
    expect(commandOf('y', state, layout)).toMatchObject({ do: 'carry out' });
  });

  test('scrolls to its end and no further', () => {
    const { count } = panelRows(state, layout.width);
    expect(commandOf('G', state, layout)).toEqual({
      do: 'change',
      event: { type: 'scrolled', to: count - layout.panel },
    });
  });
});

describe('choosing a rule', () => {
  const broken = { rules: [rule('a', 3), rule('b', 1)], flows: 4 };
  const panel: ManyPanel = { kind: 'rules', broken, among: undefined, index: 1 };

  test('one rule stands alone; several stand below all of them together', () => {
    expect(ruleChoices({ rules: [rule('a', 3)], flows: 3 })).toHaveLength(1);
    expect(ruleChoices(broken).map(({ rule, flows }) => [rule?.rule, flows])).toEqual([
      [undefined, 4],
      ['a', 3],
      ['b', 1],
    ]);
  });

  test('Enter picks what is marked, keys move the mark inside the list', () => {
    expect(press('enter', panel)).toEqual({ do: 'pick rule', meant: { rules: ['a'], among: undefined } });
    expect(press('enter', { ...panel, index: 0 })).toMatchObject({ meant: { rules: undefined } });
    expect(press('j', panel)).toMatchObject({ event: { panel: { index: 2 } } });
    expect(press('G', panel)).toMatchObject({ event: { panel: { index: 2 } } });
    expect(press('pageup', panel)).toMatchObject({ event: { panel: { index: 0 } } });
    expect(press('escape', panel)).toMatchObject({ do: 'back' });
    for (const key of ['y', 'm', 'M', 'x', ' ']) expect(press(key, panel)).toEqual({ do: 'nothing' });
  });
});

describe('mending', () => {
  const progress: ManyProgress = {
    total: 4_000,
    applied: 990,
    before: 0,
    failed: [failure(1)],
    left: 3_000,
    canary: false,
    flowsPerSecond: 1_234.5,
    secondsLeft: 300,
  };
  const panel = (wish: 'go on' | 'pause' | 'stop'): ManyPanel => ({
    kind: 'mending',
    mending: { total: 4_000, progress, wish, asks: false, paused: false },
  });
  const asking: ManyPanel = {
    kind: 'mending',
    mending: { total: 4_000, progress, wish: 'pause', asks: true, paused: true },
  };

  test('how far it is, at what rate, and how long it lasts, in one row of 80 columns', () => {
    const [first = ''] = text(shows(panel('go on'))).split('\n');
    expect(first).toMatch(/^█{8}░{22} 1,000\/4,000 flows {2}1 failed {2}1,235\/s {2}5 min left$/);
    expect(text(shows(panel('go on')))).toContain(`✖ ${uuid(1)} stale: \\u001b[2Jchanged`);
  });

  test('p pauses, x and Esc end it, and no action begins meanwhile', () => {
    expect(press('p', panel('go on'))).toEqual({ do: 'steer', to: 'pause' });
    for (const key of ['x', 'q', 'escape']) expect(press(key, panel('go on'))).toEqual({ do: 'steer', to: 'stop' });
    for (const key of ['m', 'M', 'r', 'u', 'y', 'enter']) expect(press(key, panel('go on'))).toEqual({ do: 'nothing' });
    expect(press('ctrl-c', panel('go on'))).toEqual({ do: 'quit' });
  });

  test('after the first flows it says how they went; only g goes on, and n ends it', () => {
    const shown = text(shows(asking));
    expect(shown).toContain('The first 991: 990 mended and verified, 1 failed.');
    expect(shown).toContain('g goes on with the other 3,000, n ends it here.');
    expect(press('g', asking)).toEqual({ do: 'steer', to: 'pause' });
    // The key that agreed to the first ones, pressed twice, answers nothing.
    expect(press('y', asking)).toEqual({ do: 'nothing' });
    expect(commandOf('g', shows(asking), layout, null)).toEqual({ do: 'nothing' });
    for (const key of ['n', 'x', 'q', 'escape']) expect(press(key, asking)).toEqual({ do: 'steer', to: 'stop' });
    for (const key of ['p', 'enter', 'm', 'M', ' ']) expect(press(key, asking)).toEqual({ do: 'nothing' });
    expect(plain([keyBarLine(shows(asking), 79)])).toBe('g go on  n end here  ? keys');
  });

  test('what is paused neither pauses after a batch nor lasts so long', () => {
    const mending = { total: 4_000, progress, wish: 'pause', asks: false, paused: true } as const;
    const words = text(shows({ kind: 'mending', mending }));
    expect(words).toContain('‖ Paused: p goes on, x ends it here.');
    expect(words).not.toMatch(/after the running batch|left$/m);
  });

  test('the key bar says what p does now', () => {
    const bar = (wish: 'go on' | 'pause' | 'stop') => plain([keyBarLine(shows(panel(wish)), 79)]);
    expect(bar('go on')).toContain('p pause  x end after this batch');
    expect(bar('pause')).toContain('p go on  x end after this batch');
    expect(bar('stop')).not.toMatch(/p pause|x end/);
  });
});

describe('how it ended', () => {
  const ended = (change: Partial<Ended>): ManyPanel => ({
    kind: 'many mended',
    ended: {
      kind: 'done',
      why: null,
      broken: [],
      planHash: 'h',
      total: 10,
      applied: 10,
      before: 0,
      failed: [],
      left: 0,
      receipts: ['r-1', 'r-2'],
      ...change,
    },
  });
  const title = (panel: ManyPanel) => panelTitle(shows(panel)).text;

  test.each<[Partial<Ended>, string, RegExp]>([
    [{}, 'MENDED', /✔ 10 of 10 flows[\s\S]*run h, 2 receipts; u takes all of it back/],
    [
      { wayBack: { noWayBack: [{ flows: 2, why: 'a CHECK forbids it' }] } },
      'MENDED',
      /u takes back what can be, J lists them\s+the undo of 2 flows was tried together/,
    ],
    [
      { wayBack: { noWayBack: [{ flows: 2, why: 'a CHECK forbids it', of: ['f-1', 'f-2'] }] } },
      'MENDED',
      /lists them\s+2 flows cannot be undone: a CHECK forbids it; they are f-1, f-2/,
    ],
    [{ applied: 9, failed: [failure(1)] }, 'MENDED IN PART', /1 failed and were left as found[\s\S]*w lists them/],
    [{ kind: 'stopped', why: '6 of 10 failed', applied: 4, left: 6 }, 'MENDED IN PART', /It stopped: 6 of 10 failed/],
    [{ kind: 'refused', why: 'no', applied: 0, left: 10 }, 'NOT WRITTEN', /^✖ refused: no; nothing was written/],
    [
      { kind: 'broken', why: 'gone', applied: 0, left: 10 },
      'NOT WRITTEN',
      /It broke off: gone[\s\S]*10 flows were not/,
    ],
    [
      { broken: [{ flowId: 'f-1', rule: 'flags-out-of-order', reason: 'manual', why: 'look', options: [] }] },
      'MENDED',
      /1 flow stays broken[\s\S]*▲ f-1 flags-out-of-order: look/,
    ],
    [
      { kind: 'broken', why: 'gone', failure: { code: 'outcome-unknown', message: '', next: '' }, applied: 1, left: 9 },
      'MENDED IN PART',
      /gone\nOf the batch that was being written then only the\s+journal\s+knows/,
    ],
    [
      { kind: 'broken', why: 'gone', failure: { code: 'no-connection', message: '', next: '' }, applied: 1, left: 9 },
      'MENDED IN PART',
      /The batch that was being written then was rolled\s+back/,
    ],
    [{ applied: 0, before: 10 }, 'MENDED', /✔ 0 of 10 flows mended and verified, 10 by an earlier\s+run of this plan/],
  ])('%o', (change, called, expected) => {
    expect(title(ended(change))).toBe(called);
    expect(text(shows(ended(change)))).toMatch(expected);
  });

  test('w lists what failed, where anything did', () => {
    expect(press('w', ended({ failed: [failure(1)] }))).toMatchObject({ do: 'save failed' });
    expect(press('w', ended({}))).toMatchObject({ do: 'change', event: { type: 'noticed' } });
  });
});
