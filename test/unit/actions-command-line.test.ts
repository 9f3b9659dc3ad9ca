import { expect, test } from 'vitest';
import { actionList, actions } from '../../shared/actions.ts';
import { commands } from '../../tui/commands/index.ts';

test('every action is a subcommand, and nothing else is', () => {
  expect(Object.keys(commands).sort()).toEqual(actionList.map((action) => action.id).sort());
});

test('ids and keys are unique', () => {
  const keys = actionList.flatMap((action) => action.key ?? []);
  expect(new Set(keys).size).toBe(keys.length);
  for (const [id, action] of Object.entries(actions)) expect(action.id).toBe(id);
});

test('what writes to the database takes --yes and a reason', () => {
  for (const action of actionList) {
    const flags = commands[action.id as keyof typeof commands].options.map((option) => option.flags).join(' ');
    expect(flags.includes('--yes')).toBe(action.writes !== 'nothing');
    expect(flags.includes('--reason')).toBe(action.writes === 'database');
  }
});
