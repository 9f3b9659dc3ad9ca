import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonSchemas } from '../../shared/report/machine/json.ts';
import { flow } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';

const NONE = '00000000-0000-0000-0000-000000000000';

let install: Install;
/** Five flows in the order of their ids; only the first is broken, so that every page ends in a healthy one. */
let ids: string[];
beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = Array.from({ length: 5 }, () => flow(variant));
    ids = flows.map(({ flowId }) => flowId).sort();
    return flows;
  });
  await install.query('update migration.discovery_flows set progress_percentage = 1 where flow_id = $1', [ids[0]]);
});
afterAll(() => install.close());

const page = (after: string, ...args: string[]) =>
  flowmend(['scan', '-n', '2', '--after', after, ...args], { FLOWMEND_DATABASE_URL: install.url });
const lastOf = (text: string): unknown => JSON.parse(text.trim().split('\n').at(-1) ?? '');

test('a page says where the next begins, in every format, also where it ends in healthy flows', async () => {
  expect((await page(NONE)).stdout).toContain(`next page: --after ${ids[1]}`);
  expect((await page(NONE, '--format', 'markdown')).stdout).toContain(`next page: --after ${ids[1]}`);
  expect(jsonSchemas.scan.parse(JSON.parse((await page(NONE, '--json')).stdout)).nextAfter).toBe(ids[1]);
  const streamed = await page(NONE, '--stream');
  expect(streamed.stdout.trim().split('\n').length).toBe(2);
  expect(lastOf(streamed.stdout)).toEqual({ schemaVersion: 1, nextAfter: ids[1] });
  expect([streamed.code, (await page(ids[1] ?? '', '--stream')).code]).toEqual([1, 0]);
});

test('one page after the other reaches every flow, and the last one says nothing', async () => {
  const asked = [NONE];
  for (let after: string | undefined = NONE; after !== undefined; ) {
    const { stdout } = await page(after, '--json');
    after = jsonSchemas.scan.parse(JSON.parse(stdout)).nextAfter;
    if (after !== undefined) asked.push(after);
  }
  expect(asked).toEqual([NONE, ids[1], ids[3]]);
  expect((await page(ids[3] ?? '')).stdout).not.toContain('next page');
  expect((await page(ids[3] ?? '', '--stream')).stdout).toBe('');
});

test('a page that is just full is the last one where no flow follows, and a scan without pages has none', async () => {
  expect((await page(ids[2] ?? '')).stdout).not.toContain('next page');
  const all = await flowmend(['scan', '-n', '2', '--json'], { FLOWMEND_DATABASE_URL: install.url });
  expect(JSON.parse(all.stdout)).not.toHaveProperty('nextAfter');
});

test('of a part of the fleet only its flows are pages', async () => {
  await install.query(`update migration.discovery_flows set status = 'paused' where flow_id = any($1::uuid[])`, [
    [ids[0], ids[2], ids[4]],
  ]);
  const { stdout } = await page(NONE, '--status', 'paused', '--json');
  expect(jsonSchemas.scan.parse(JSON.parse(stdout)).nextAfter).toBe(ids[2]);
  expect((await page(ids[2] ?? '', '--status', 'paused')).stdout).not.toContain('next page');
});
