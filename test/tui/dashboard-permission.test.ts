import { afterEach, beforeEach, expect, test } from 'vitest';
import { flow, MAPPINGS } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { KEYS, openTerminal, type Terminal } from '../support/terminal.ts';

let install: Install;
let terminal: Terminal;
let torn: string;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const one = flow(variant, {
      master: { flow_persistence_data: { field_mappings: { ...MAPPINGS, owner: 'technical_owner' } } },
      child: { progress_percentage: 1 },
    });
    torn = one.flowId;
    return [one];
  });
});
afterEach(async () => {
  terminal.close();
  await install.close();
});

async function open(args: string[], environment: Record<string, string> = {}): Promise<Terminal> {
  terminal = openTerminal(args, { columns: 100, environment: { FLOWMEND_DATABASE_URL: install.url, ...environment } });
  await terminal.until(`── ${torn}`);
  await terminal.until('OUT OF STEP');
  return terminal;
}

const mapping = async () =>
  (
    await install.query(
      `select field_mappings ->> 'owner' as owner from migration.discovery_flows where flow_id = $1`,
      [torn],
    )
  )[0]?.owner;

test('without --write it is locked: the first write asks once to unlock, and then for itself', async () => {
  const before = await install.everyRow();
  const { press, until, screen } = await open([]);
  expect(screen().split('\n')[0]).toMatch(/locked {2}live/);
  press('m');
  await until('UNLOCK WRITING?');
  press('n');
  await until('Nothing was written.');
  press('m');
  await until('UNLOCK WRITING?');
  expect(await install.everyRow()).toEqual(before);
  press('y', 'U');
  await until('CHOOSE');
  press('0');
  await until('MEND THIS FLOW?');
  expect(screen().split('\n')[0]).not.toContain('locked');
  press('y');
  await until('✔ written and verified, receipt');
  press(KEYS.escape);
  await until((now) => now.includes('u undo') && !now.includes('mend: '));
  press('u');
  await until('TAKE THE REPAIR BACK?');
  press('y');
  await until('TAKEN BACK');
  expect(await install.everyRow()).toEqual(before);
  await until((now) => !now.includes('undo: '));
  press('J');
  const journal = await until('JOURNAL');
  expect(journal).toMatch(/ undo {2}1 row of flow\s[\s\S]* repair {2}1 row of flow\s/);
});

test('a choice is listed and picked by its number', async () => {
  const { press, until } = await open(['--write']);
  press('m');
  const choice = await until('CHOOSE');
  expect(choice).toMatch(/mappings-differ: which of the two was approved/);
  expect(choice).toMatch(/1 {2}child\n[\s\S]*2 {2}master/);
  press('3', '2');
  await until('MEND THIS FLOW?');
  expect(await mapping()).toBe('business_owner');
  press('y');
  await until('✔ written and verified, receipt');
  expect(await mapping()).toBe('technical_owner');
});

test('production asks for a reason and for its name, and takes no other', async () => {
  const { press, until, screen } = await open(['--write'], { FLOWMEND_PRODUCTION: 'incident-db' });
  const before = await install.everyRow();
  expect(screen().split('\n')[0]).toContain('PRODUCTION incident-db');
  press('m');
  await until('CHOOSE');
  press('0');
  await until('This is production: y asks for a reason and for its name, incident-db, to be typed.');
  press('y');
  await until('why, for the journal: ');
  press('INC-11', '\r');
  await until('type the name of this production connection: ');
  press('another', '\r');
  await until('That is not its name: incident-db');
  expect(await install.everyRow()).toEqual(before);
  press(...Array<string>(7).fill('\u007f'), 'incident-db');
  await until('connection: incident-db');
  press('\r');
  await until('✔ written and verified, receipt');
  expect(await install.query('select reason from flowmend.journal')).toEqual([{ reason: 'INC-11' }]);
});

test('--read-only says so, offers nothing that writes, and writes nothing', async () => {
  const { press, until, screen, rows } = await open(['--read-only']);
  const before = await install.everyRow();
  expect(screen().split('\n')[0]).toMatch(/READ-ONLY {2}live/);
  expect(rows().at(-2)).not.toMatch(/mend|preview|undo|resume/);
  for (const key of ['m', 'u', 'r']) {
    press(key);
    await until('This session is read-only: nothing is written and nothing is sent.');
    press('k');
  }
  expect(await install.everyRow()).toEqual(before);
});
