import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { contributions } from '../../scripts/contributions.ts';
import { actionList } from '../../shared/actions.ts';

const { contributes } = JSON.parse(await readFile('package.json', 'utf8'));

test('every action is a command of the extension, under its title', () => {
  const commands = new Map(
    contributes.commands.map((one: { command: string; title: string }) => [one.command, one.title]),
  );
  for (const action of actionList) expect(commands.get(`flowmend.${action.id}`)).toBe(action.title);
});

test('what works on a flow is in the menu of a flow', () => {
  const menu = contributes.menus['view/item/context'].map((item: { command: string }) => item.command);
  const wanted = actionList.filter((action) => action.on !== 'fleet' && action.on !== 'nothing');
  expect(menu).toEqual(wanted.map((action) => `flowmend.${action.id}`));
});

test('what is not offered in a read-only session cannot be run in one', () => {
  const diagnosis = { resume: { possible: true, repairFirst: false }, recommended: [{ action: 'apply' }] } as never;
  const receipt = { undoneBy: null } as never;
  const refused = actionList.filter((action) => !action.offered({ diagnosis, receipt, readOnly: true }));
  expect(refused.map(({ id }) => id)).toContain('preview');
  for (const { id } of actionList) {
    const command = contributions().commands.find((one) => one.command === `flowmend.${id}`);
    const enablement = command && 'enablement' in command ? command.enablement : undefined;
    expect([id, enablement]).toEqual([id, refused.some((one) => one.id === id) ? '!flowmend.readOnly' : undefined]);
  }
});

test('package.json was written from the table', () => {
  expect(contributes).toMatchObject(contributions());
});
