import { expect, expectTypeOf, test } from 'vitest';
import { type ActionId, actionList, actions } from '../../shared/actions.ts';
import { commandOf } from '../../tui/dashboard/keys/command.ts';
import type { KeyedActionId } from '../../tui/dashboard/keys/keyed-action.ts';
import { actionOfKey, handlers } from '../../tui/dashboard/keys/keys.ts';
import { layoutOf } from '../../tui/dashboard/screen/layout.ts';
import { initialState } from '../../tui/dashboard/state/state.ts';

test('every action with a key has a handler, and nothing else has', () => {
  const keyed = actionList.filter((action) => action.key !== null).map((action) => action.id);
  expect(Object.keys(handlers).sort()).toEqual(keyed.sort());
});

test('an action without a handler does not compile', () => {
  expectTypeOf<KeyedActionId>().toEqualTypeOf<Exclude<ActionId, 'demo'>>();
  expectTypeOf(handlers).toHaveProperty('apply');
});

test('a key finds its action', () => {
  for (const { id, key } of actionList) if (key !== null) expect(actionOfKey(key)).toBe(id);
  expect(actionOfKey('X')).toBeUndefined();
});

test('no key of an action is taken by the dashboard itself', () => {
  const own = ['j', 'k', 'g', 'G', '/', '?', 'q', 'y', 'n'];
  for (const { key } of actionList) expect(own).not.toContain(key);
});

test('a key whose action is not offered starts nothing', () => {
  const state = { ...initialState(0), selected: '1e640262-4332-4087-ac4e-1674b08cd8f2' };
  for (const action of actionList.filter(({ key, on }) => key !== null && on !== 'fleet')) {
    const command = commandOf(action.key ?? '', state, layoutOf(80, 24));
    expect(command.do).toBe(action.offered({}) ? 'start' : 'change');
  }
  expect(commandOf(actions.apply.key, state, layoutOf(80, 24))).toMatchObject({ event: { type: 'noticed' } });
});
