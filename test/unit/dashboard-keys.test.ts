import type { Key } from 'ink';
import { describe, expect, test } from 'vitest';
import { commandOf } from '../../tui/dashboard/keys/command.ts';
import { keyNames } from '../../tui/dashboard/keys/key-names.ts';
import { layoutOf } from '../../tui/dashboard/screen/layout.ts';
import type { Panel } from '../../tui/dashboard/state/panel.ts';
import { initialState, reduce, type State } from '../../tui/dashboard/state/state.ts';
import { scanned, scanOf } from '../support/scanned.ts';

const layout = layoutOf(80, 24);
const flows = Array.from({ length: 100 }, (_, index) => scanned(index));
const state = reduce(initialState(0), { type: 'scanned', scan: scanOf(flows), now: 0 });
const flowId = flows[0]?.flowId ?? '';
const press = (key: string, change: Partial<State> = {}) => commandOf(key, { ...state, ...change }, layout);
const named = (input: string, key: Partial<Key> = {}) => keyNames(input, key as Key);

describe('names', () => {
  test.each([
    ['j', {}, ['j']],
    ['jjG', {}, ['j', 'j', 'G']],
    ['', { upArrow: true }, ['up']],
    ['', { pageDown: true }, ['pagedown']],
    ['c', { ctrl: true }, ['ctrl-c']],
    ['ab\rj', {}, ['a', 'b', 'enter', 'j']],
    ['a\u007f\u0003', {}, ['a', 'backspace', 'ctrl-c']],
    ['u', { meta: true }, ['escape', 'u']],
    ['\t', { tab: true }, []],
    ['漢', {}, ['漢']],
  ])('%j %j is %j', (input, key, expected) => {
    expect(named(input, key)).toEqual(expected);
  });
});

describe('moving', () => {
  test.each([
    ['j', 1],
    ['down', 1],
    ['k', -1],
    ['up', -1],
    ['pagedown', layout.list],
    ['ctrl-d', Math.ceil(layout.list / 2)],
    ['ctrl-u', -Math.ceil(layout.list / 2)],
    ['G', 100],
    ['home', -100],
  ])('%s moves by %i', (key, by) => {
    expect(press(key)).toEqual({ do: 'change', event: { type: 'moved', by } });
  });
});

describe('typing', () => {
  const typing = { typing: true, filter: 'ab' };
  test('letters are text, not keys', () => {
    for (const key of ['q', 'm', 'y', '?', '/']) {
      expect(press(key, typing)).toEqual({ do: 'change', event: { type: 'filtered', text: `ab${key}` } });
    }
  });
  test('backspace, Enter, Escape and Ctrl-C', () => {
    expect(press('backspace', typing)).toMatchObject({ event: { text: 'a' } });
    expect(press('enter', { ...typing, filter: 'inv' })).toMatchObject({
      event: { type: 'filter closed', keep: true },
    });
    expect(press('escape', typing)).toMatchObject({ event: { type: 'filter closed', keep: false } });
    expect(press('ctrl-c', typing)).toEqual({ do: 'quit' });
    expect(press('pagedown', typing)).toEqual({ do: 'nothing' });
  });
});

describe('a question', () => {
  const question = {
    kind: 'apply',
    plan: { leftOut: [] },
    run: { kind: 'ran', changes: [] },
    journal: { kind: 'table', state: 'current' },
  };
  const panel = { kind: 'question', flowId, question } as unknown as Panel;
  test('only y carries it out', () => {
    expect(press('y', { panel })).toMatchObject({ do: 'carry out', question, flowId });
    for (const key of ['n', 'q', 'escape']) expect(press(key, { panel }).do).toBe('back');
    for (const key of ['enter', ' ', 'm', 'r', 'u', 'Y', '?']) expect(press(key, { panel })).toEqual({ do: 'nothing' });
  });
  test('a key that was pressed before it was drawn does not answer it', () => {
    for (const key of ['y', 'a', 'A', 'U']) {
      expect(commandOf(key, { ...state, panel }, layout, null)).toEqual({ do: 'nothing' });
    }
    const choice = { kind: 'choice', flowId, open: { rule: 'r', options: [] }, picks: {} } as unknown as Panel;
    expect(press('0', { panel: choice })).toMatchObject({ do: 'pick', picks: { r: null } });
    expect(commandOf('0', { ...state, panel: choice }, layout, panel)).toEqual({ do: 'nothing' });
    expect(commandOf('n', { ...state, panel }, layout, null).do).toBe('back');
    expect(commandOf('ctrl-c', { ...state, panel }, layout, null)).toEqual({ do: 'quit' });
  });
  test('unlocking has a key of its own: pressed twice it agrees to no write, and y unlocks nothing', () => {
    const unlock = { kind: 'question', flowId, question: { kind: 'unlock', action: 'apply' } } as const;
    expect(press('U', { panel: unlock })).toEqual({ do: 'unlock', action: 'apply', flowId });
    expect(press('y', { panel: unlock })).toEqual({ do: 'nothing' });
    expect(press('U', { panel })).toEqual({ do: 'nothing' });
  });
  test('the help over it hides its keys', () => {
    expect(press('y', { panel, help: true })).toEqual({ do: 'nothing' });
    expect(press('escape', { panel, help: true })).toEqual({ do: 'change', event: { type: 'help', open: false } });
  });
});

describe('going back and leaving', () => {
  test('q goes back from a panel and from the help, and leaves from the list alone', () => {
    const panel = { kind: 'full', flowId } as const;
    for (const key of ['q', 'escape']) expect(press(key, { panel }).do).toBe('back');
    expect(press('q', { help: true })).toEqual({ do: 'change', event: { type: 'help', open: false } });
    expect(press('q')).toEqual({ do: 'quit' });
    for (const change of [{}, { panel }, { help: true }, { typing: true }]) {
      expect(press('ctrl-z', change)).toEqual({ do: 'suspend' });
    }
  });
});

describe('a filter that no listed flow matches', () => {
  test('Enter asks the database, while it is typed and afterwards', () => {
    const filter = ' 6c664eee ';
    expect(press('enter', { typing: true, filter })).toEqual({ do: 'find', text: '6c664eee' });
    expect(press('enter', { filter, selected: undefined })).toEqual({ do: 'find', text: '6c664eee' });
    expect(press('enter', { typing: true, filter: 'Inventory' })).toMatchObject({ event: { type: 'filter closed' } });
  });
});

test('actions need a flow', () => {
  expect(press('f', { selected: undefined })).toMatchObject({ event: { type: 'noticed' } });
  expect(press('s', { selected: undefined })).toMatchObject({ do: 'start', action: 'scan' });
  expect(press('d')).toMatchObject({ do: 'start', action: 'diagnose', flowId });
});
