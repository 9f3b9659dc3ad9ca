import { afterEach, expect, test } from 'vitest';
import { fleet } from '../../shared/demo/fleet.ts';
import { STUCK_FLOW_ID, stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { KEYS, openTerminal, type Terminal } from '../support/terminal.ts';

let install: Install;
let terminal: Terminal;

afterEach(async () => {
  terminal.close();
  await install.close();
});

const chosen = () => terminal.rows().find((row) => row[1] === '›') ?? '';

/** The demo's flows, and the stuck one so many times more without its master. */
async function brokenFleet(copies: number): Promise<void> {
  install = await makeInstall('PostgreSQL', (variant) => [stuckFlow(variant), ...fleet(variant, new Date())]);
  await install.query(
    `insert into migration.discovery_flows select (jsonb_populate_record(f, jsonb_build_object('id', gen_random_uuid(),
       'flow_id', gen_random_uuid(), 'master_flow_id', null, 'updated_at', f.updated_at - interval '1 day'))).*
     from migration.discovery_flows f, generate_series(1, ${copies}) where flow_id = $1`,
    [STUCK_FLOW_ID],
  );
  await install.query('analyze migration.discovery_flows');
}

/** The stuck flow is not among the oldest thousand, nor are those that are well. */
test('of 20,000 broken flows it says how many are listed, and opens each other one by its id', async () => {
  await brokenFleet(20_000);
  const environment = { FLOWMEND_DATABASE_URL: install.url };
  const mended = await flowmend(['apply', STUCK_FLOW_ID, '--yes'], environment);
  expect(mended.code).toBe(0);
  const [{ healthy } = { healthy: '' }] = await install.query(
    `select flow_id::text as healthy from migration.discovery_flows where status = 'completed' limit 1`,
  );
  terminal = openTerminal(['--write'], { environment });
  const { press, until, rows } = terminal;

  const first = await until('the worst 1000 of 20041 flows are listed; / and an id opens any other');
  expect(first).toMatch(/flow +phase +status +age +why +1 of 1000/);
  press('/', 'mapping');
  await until(/filter: mapping▏ +1 of 1000/);
  expect(rows().join('\n')).toContain('of the 1000 listed; 19041 not looked at: an id opens any of them');
  press('\u0015', 'no such name', KEYS.enter);
  await until('None of the 1000 listed matches, and it is no id; 19041 not looked at.');
  press(KEYS.escape);
  await until((screen) => /status +age/.test(screen) && screen.includes('1 of 1000'));

  press('/', String(healthy), KEYS.enter);
  await until(/filter: .*not in the list\n●›.* not listed: healthy *$/m);
  await until(`── ${healthy}`);
  press('\u001b');
  await until((screen) => !screen.includes('filter: ') && chosen().includes(String(healthy).slice(0, 8)));
  press('j');
  await until((screen) => !screen.includes('not listed') && /[12] of 1000/.test(screen));

  press('/', STUCK_FLOW_ID.slice(0, 8), KEYS.enter);
  await until('u takes it back');
  press('u');
  const question = await until('TAKE THE REPAIR BACK?');
  expect(question).toContain(STUCK_FLOW_ID);
  press('n');
  await until('Nothing was written.');
});

test('a flow that leaves the list stays chosen, is marked and acted upon, until the person moves', async () => {
  await brokenFleet(1_100);
  const environment = { FLOWMEND_DATABASE_URL: install.url };
  terminal = openTerminal(['--write'], { environment });
  const { press, until } = terminal;
  await until('1 of 1000');
  press('jjj');
  await until('4 of 1000');
  const shown = await until(/── [0-9a-f-]{36}/);
  const [, id = ''] = /── ([0-9a-f-]{36})/.exec(shown) ?? [];
  expect(chosen()).toContain(id.slice(0, 8));
  // As the platform would: it is well, and by far not among the worst thousand.
  await install.query('delete from migration.discovery_flows where flow_id = $1', [id]);
  await install.query(
    `insert into migration.discovery_flows select (jsonb_populate_record(f, jsonb_build_object('id', gen_random_uuid(),
       'flow_id', $1::uuid, 'master_flow_id', null, 'status', 'cancelled', 'updated_at', now()))).*
     from migration.discovery_flows f where flow_id = $2`,
    [id, STUCK_FLOW_ID],
  );
  await until(() => chosen().includes(id.slice(0, 8)) && chosen().includes('not listed: '));
  expect(terminal.rows().filter((row) => /^\S/.test(row) && row.startsWith(id.slice(0, 8), 2))).toHaveLength(1);
  press('f');
  await until(new RegExp(`FOLLOWING +${id}`));
  press('q');
  await until(() => chosen().includes(id.slice(0, 8)));
  press('j');
  await until((screen) => !screen.includes('not listed'));
  expect(chosen()).not.toContain(id.slice(0, 8));
});
