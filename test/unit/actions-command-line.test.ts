import { expect, test } from 'vitest';
import { type Action, actionList, actions } from '../../shared/actions.ts';
import { commands } from '../../tui/commands/index.ts';

/** The flags of the subcommand that offers the action. */
const flagsOf = ({ id, within }: Action) =>
  commands[(within?.subcommand ?? id) as keyof typeof commands].options.map((option) => option.flags);

test('every action is a subcommand or the option of one, and no subcommand is anything else', () => {
  const own = actionList.filter((action) => action.within === undefined);
  expect(Object.keys(commands).sort()).toEqual(own.map((action) => action.id).sort());
  for (const action of actionList) if (action.within) expect(flagsOf(action)).toContain(action.within.option);
});

test('ids and keys are unique', () => {
  const keys = actionList.flatMap((action) => action.key ?? []);
  expect(new Set(keys).size).toBe(keys.length);
  for (const [id, action] of Object.entries(actions)) expect(action.id).toBe(id);
});

test('what writes to the database takes --yes and a reason', () => {
  for (const action of actionList) {
    const flags = flagsOf(action).join(' ');
    expect(flags.includes('--yes')).toBe(action.writes !== 'nothing');
    expect(flags.includes('--reason')).toBe(action.writes === 'database');
  }
});
