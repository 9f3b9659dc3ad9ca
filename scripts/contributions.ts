import { readFile, writeFile } from 'node:fs/promises';
import { actionList } from '../shared/actions.ts';

/**
 * Writes the parts of package.json that are made from the table of actions: commands and menus of the extension.
 * Run it after changing the table: `node scripts/contributions.ts`. A test fails when it was forgotten.
 */
const ICONS: Record<string, string> = {
  scan: '$(refresh)',
  demo: '$(beaker)',
  preview: '$(diff)',
  leaveDemo: '$(sign-out)',
};

export function contributions() {
  const command = (id: string, title: string) => ({
    command: `flowmend.${id}`,
    title,
    category: 'Flowmend',
    ...(ICONS[id] ? { icon: ICONS[id] } : {}),
  });
  const onAFlow = actionList.filter((action) => action.on === 'flow' || action.on === 'receipt');
  return {
    commands: [
      ...actionList.map(({ id, title, writes, triesOut }) => ({
        ...command(id, title),
        ...(writes === 'nothing' && !triesOut ? {} : { enablement: '!flowmend.readOnly' }),
      })),
      command('setConnection', 'Set Connection'),
      command('clearConnection', 'Forget Connection'),
      command('connectEnvironment', 'Connect to the Database of the Environment'),
      { ...command('leaveDemo', 'Leave the Demo'), enablement: 'flowmend.demo' },
      { ...command('pauseMending', 'Pause mending, or go on'), enablement: 'flowmend.mending' },
    ],
    menus: {
      'view/title': [
        { command: 'flowmend.scan', when: 'view == flowmend.flows', group: 'navigation@1' },
        { command: 'flowmend.demo', when: 'view == flowmend.flows && !flowmend.demo', group: 'navigation@2' },
        { command: 'flowmend.leaveDemo', when: 'view == flowmend.flows && flowmend.demo', group: 'navigation@2' },
        { command: 'flowmend.setConnection', when: 'view == flowmend.flows', group: '1_connection@1' },
        { command: 'flowmend.clearConnection', when: 'view == flowmend.flows', group: '1_connection@2' },
        { command: 'flowmend.applyMany', when: 'view == flowmend.flows', group: '2_write@1' },
      ],
      'view/item/context': onAFlow.map((action, index) => ({
        command: `flowmend.${action.id}`,
        when: 'view == flowmend.flows && viewItem == flow',
        group: `${action.writes === 'nothing' ? '1_look' : '2_write'}@${index + 1}`,
      })),
    },
  };
}

if (import.meta.main) {
  const manifest = JSON.parse(await readFile('package.json', 'utf8'));
  Object.assign(manifest.contributes, contributions());
  await writeFile('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
}
