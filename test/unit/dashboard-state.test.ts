import { describe, expect, test } from 'vitest';
import type { Diagnosed } from '../../shared/diagnosis/diagnose.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import {
  detailOf,
  type Event,
  initialState,
  listedFlows,
  reduce,
  type State,
} from '../../tui/dashboard/state/state.ts';
import { finding, scanned, scanOf } from '../support/scanned.ts';

const flows = [1, 2, 3, 4].map((number) => scanned(number));
const id = (number: number) => scanned(number).flowId;
const stateAfter = (state: State, ...events: Event[]) => events.reduce(reduce, state);
const read = (list = flows, now = 1_000): Event => ({ type: 'scanned', scan: scanOf(list), now });
const start = () => stateAfter(initialState(0), read());
const trouble = { code: 'no-connection', message: 'No connection to the database.', next: '' };
const plan = {} as Plan;

describe('choosing', () => {
  test('the worst flow is chosen first', () => {
    expect(start().selected).toBe(id(1));
  });

  test('moving stays inside the list', () => {
    expect(stateAfter(start(), { type: 'moved', by: 2 }).selected).toBe(id(3));
    expect(stateAfter(start(), { type: 'moved', by: 99 }).selected).toBe(id(4));
    expect(stateAfter(start(), { type: 'moved', by: -1 }).selected).toBe(id(1));
  });

  test('a flow that changes its place stays chosen', () => {
    const state = stateAfter(start(), { type: 'moved', by: 1 }, read([...flows].reverse()));
    expect(state.selected).toBe(id(2));
  });

  const second = () => stateAfter(start(), { type: 'moved', by: 1 });
  const without2 = flows.filter((flow) => flow.flowId !== id(2));
  const ids = (state: State) => listedFlows(state).map(({ flowId }) => flowId);

  test('where the chosen flow left the list it stays chosen, in its place, until the person moves', () => {
    for (const rest of [without2, []]) {
      const state = stateAfter(second(), read(rest), read(rest, 2_000));
      expect(state.selected).toBe(id(2));
      expect(state.unlisted?.flow.flowId).toBe(id(2));
    }
    const state = stateAfter(second(), read(without2));
    expect(ids(state)).toEqual([1, 2, 3, 4].map(id));
    const next = stateAfter(state, { type: 'moved', by: 1 });
    expect([next.selected, next.unlisted]).toEqual([id(3), undefined]);
    expect(ids(next)).toEqual([1, 3, 4].map(id));
    expect(stateAfter(state, { type: 'moved', by: -1 }).selected).toBe(id(1));
    expect(stateAfter(state, read()).unlisted).toBeUndefined();
  });

  test('its row says what was last read of it', () => {
    const diagnosed = {
      diagnosis: { flowId: id(2), name: 'Two', findings: [] },
      facts: { row: { status: 'completed', phase_stored: null, updated_at: '2026-01-02T00:00:00Z' } },
    } as unknown as Diagnosed;
    const read2: Event = { type: 'diagnosed', flowId: id(2), diagnosed, receipt: undefined };
    expect(stateAfter(second(), read(without2), read2).unlisted?.flow).toMatchObject({
      name: 'Two',
      status: 'completed',
    });
  });

  test('a flow that no longer matches the filter stays chosen', () => {
    const healed = flows.map((flow) => (flow.flowId === id(3) ? { ...flow, name: 'well' } : flow));
    const state = stateAfter(start(), { type: 'filtered', text: 'Inventory 3' }, read(healed));
    expect([state.selected, ids(state)]).toEqual([id(3), [id(3)]]);
  });

  test('a flow that was asked for by its id is chosen, listed or not', () => {
    const asked = stateAfter(start(), { type: 'filtered', text: '00000009' }, { type: 'found', flow: scanned(9) });
    expect([asked.selected, ids(asked)]).toEqual([id(9), [id(9)]]);
    const cleared = stateAfter(asked, { type: 'filter closed', keep: false });
    expect([cleared.selected, ids(cleared)]).toEqual([id(9), [9, 1, 2, 3, 4].map(id)]);
    const listed = stateAfter(start(), { type: 'found', flow: scanned(3) });
    expect([listed.selected, listed.unlisted]).toEqual([id(3), undefined]);
  });

  test('where a filter lists nothing, nothing is chosen, and clearing it goes back to what was', () => {
    const none = stateAfter(second(), { type: 'filter opened' }, { type: 'filtered', text: 'nothing like this' });
    expect(none.selected).toBeUndefined();
    expect(stateAfter(none, { type: 'filter closed', keep: false }).selected).toBe(id(2));
    const read3 = stateAfter(none, { type: 'filter closed', keep: true }, read());
    expect(read3.selected).toBeUndefined();
  });
});

describe('the filter', () => {
  const several = [
    scanned(1, { name: 'Alpha', status: 'running', findings: [finding()] }),
    scanned(2, { name: null, phase: 'field_mapping' }),
  ];
  test.each([
    ['alpha', [1]],
    ['RUNNING', [1]],
    ['field_m', [2]],
    ['00000002', [2]],
    ['progress-out', [1]],
    ['warning alpha', [1]],
    ['alpha field', []],
    ['  ', [1, 2]],
  ])('"%s" lists %j', (filter, expected) => {
    expect(listedFlows({ scan: scanOf(several), filter }).map((flow) => flow.flowId)).toEqual(expected.map(id));
  });

  test('chooses among what it lists, and clearing it keeps the choice', () => {
    const filtered = stateAfter(start(), { type: 'filter opened' }, { type: 'filtered', text: 'Inventory 3' });
    expect(filtered.selected).toBe(id(3));
    const cleared = stateAfter(filtered, { type: 'filter closed', keep: false });
    expect(cleared).toMatchObject({ selected: id(3), filter: '', typing: false });
    expect(stateAfter(filtered, { type: 'filter closed', keep: true }).filter).toBe('Inventory 3');
  });
});

describe('a database that goes away', () => {
  test('the last scan and its time stay', () => {
    const state = stateAfter(start(), { type: 'scan failed', trouble }, { type: 'ticked', now: 9_000 });
    expect(state.scan?.flows).toHaveLength(4);
    expect(state).toMatchObject({ scannedAt: 1_000, now: 9_000, trouble });
  });

  test('the next scan that works ends it', () => {
    expect(stateAfter(start(), { type: 'scan failed', trouble }, read(flows, 5_000))).toMatchObject({
      trouble: undefined,
      scannedAt: 5_000,
    });
  });
});

test('what was read of a flow stays when it can no longer be read, and when another one is chosen', () => {
  const diagnosed = { diagnosis: {}, facts: {} } as unknown as Diagnosed;
  const state = stateAfter(
    start(),
    { type: 'diagnosed', flowId: id(1), diagnosed, receipt: undefined },
    { type: 'moved', by: 1 },
    { type: 'not diagnosed', flowId: id(2), trouble },
    { type: 'not diagnosed', flowId: id(1), trouble },
  );
  expect(detailOf(state, id(1))).toMatchObject({ diagnosed, trouble });
  expect(detailOf(state, id(2))).toMatchObject({ diagnosed: undefined, trouble });
  const many = Array.from({ length: 300 }, (_, n): Event => ({ type: 'not diagnosed', flowId: id(n), trouble }));
  expect(stateAfter(state, ...many).details.length).toBeLessThanOrEqual(100);
});

describe('panels', () => {
  const question: Event = {
    type: 'panel opened',
    panel: {
      kind: 'question',
      flowId: id(1),
      question: {
        kind: 'apply',
        plan,
        run: { kind: 'ran', changes: [] },
        receipt: undefined,
        journal: { kind: 'table', state: 'current' },
      },
    },
  };

  test('a question does not open under someone who types: a letter would answer it', () => {
    const state = stateAfter(start(), { type: 'filter opened' }, question);
    expect(state.panel).toBeUndefined();
    expect(state.notice?.text).toContain('press the key again');
    expect(stateAfter(start(), question).panel?.kind).toBe('question');
  });

  test('another panel starts at its top, the same one keeps its place', () => {
    const full: Event = { type: 'panel opened', panel: { kind: 'full', flowId: id(1) } };
    const scrolled = stateAfter(start(), full, { type: 'scrolled', to: 7 });
    expect(scrolled.scroll).toBe(7);
    expect(stateAfter(scrolled, full).scroll).toBe(7);
    expect(stateAfter(scrolled, question).scroll).toBe(0);
    expect(stateAfter(scrolled, { type: 'panel closed' }).scroll).toBe(0);
  });
});

test('a notice goes after a while, and when an action starts', () => {
  const noticed = stateAfter(start(), { type: 'noticed', text: 'done', tone: 'good' });
  expect(stateAfter(noticed, { type: 'ticked', now: 2_000 }).notice?.text).toBe('done');
  expect(stateAfter(noticed, { type: 'ticked', now: 60_000 }).notice).toBeUndefined();
  const running = { action: 'preview', flowId: id(1), stage: 'reading' } as const;
  expect(stateAfter(noticed, { type: 'started', running }).notice).toBeUndefined();
});
