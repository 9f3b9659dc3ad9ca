import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { PASSWORD } from '../support/postgres-server.ts';

let install: Install;
let folder: string;
let url: URL;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
  install = await makeInstall('PostgreSQL', () => []);
  url = new URL(install.url);
  url.password = '';
});
afterAll(async () => {
  await install.close();
  await rm(folder, { recursive: true });
});

test('none given: one sentence, and where to give it', async () => {
  const { code, stderr } = await flowmend(['scan'], { FLOWMEND_DATABASE_URL: url.href, HOME: folder });
  expect([code, stderr]).toEqual([
    3,
    expect.stringMatching(
      /^flowmend: The database asks for a password, and the connection gives none\.\n.*PGPASSFILE.*\n$/,
    ),
  ]);
});

test('in a password file: used, and nothing is said about it', async () => {
  const file = join(folder, 'passwords');
  await writeFile(file, `*:*:*:postgres:${PASSWORD}\n`, { mode: 0o600 });
  const environment = { FLOWMEND_DATABASE_URL: url.href, PGPASSFILE: file };
  expect(await flowmend(['scan'], environment)).toMatchObject({ code: 0, stderr: '' });
});
