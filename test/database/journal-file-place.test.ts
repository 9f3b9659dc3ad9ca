import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { commitReceipt } from '../../shared/repair/journal/commit-receipt.ts';
import { receipts } from '../../shared/repair/journal/journal-place.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { repairRole } from '../support/roles.ts';

/** The file of the journal: what is wrong with its place is met before a row is held, and what others wrote is not believed. */
const not = { createJournal: false };
let install: Install;
let folder: string;
let flowId: string;
let url: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
  install = await makeInstall('PostgreSQL', (variant) => {
    const flow = broken(variant);
    flowId = flow.flowId;
    return [flow];
  });
  url = await repairRole(install, `role_${randomUUID().slice(0, 8)}`);
});
afterEach(async () => {
  await install.close();
  await rm(folder, { recursive: true });
});

const sessionWith = (path: string): Promise<WriteSession> =>
  install.session({ FLOWMEND_DATABASE_URL: url, FLOWMEND_JOURNAL_FILE: path });

test.each(['/proc/nope/x', '/proc/nope/deeper/x', '/dev/null', '/dev/null/x'])(
  'a place where no file can be, %s: told before the transaction begins',
  async (path) => {
    const session = await sessionWith(path);
    const plan = await planOf(session, flowId);
    const before = await install.everyRow();
    await expect(apply(session, plan, not)).rejects.toMatchObject({ code: 'journal-unusable' });
    let begun = false;
    const kept = commitReceipt(session, { kind: 'file', path, why: 'no table' }, async () => {
      begun = true;
      return { receipt: null, value: undefined };
    });
    await expect(kept).rejects.toMatchObject({ code: 'journal-unusable' });
    expect(begun).toBe(false);
    expect(await install.everyRow()).toEqual(before);
  },
);

test('a pipe in its place is not waited for', async () => {
  const path = join(folder, 'pipe');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  const session = await sessionWith(path);
  await expect(apply(session, await planOf(session, flowId), not)).rejects.toMatchObject({ code: 'journal-unusable' });
  await expect(receipts(session, { limit: 9 })).rejects.toMatchObject({ code: 'journal-unusable' });
});

test('a file that others can write is neither read nor written: 5 for what writes, 3 for what reads', async () => {
  const path = join(folder, 'journal.jsonl');
  const session = await sessionWith(path);
  await writeFile(path, '');
  await chmod(path, 0o662);
  const before = await install.everyRow();
  await expect(apply(session, await planOf(session, flowId), not)).rejects.toMatchObject({
    code: 'journal-untrusted',
    message: expect.stringContaining('other users of this machine may write it'),
  });
  const environment = { FLOWMEND_DATABASE_URL: url, FLOWMEND_JOURNAL_FILE: path };
  expect((await flowmend(['apply', flowId, '--yes'], environment)).code).toBe(5);
  expect((await flowmend(['journal'], environment)).code).toBe(3);
  expect(await install.everyRow()).toEqual(before);
  expect(await readFile(path, 'utf8')).toBe('');
  await chmod(path, 0o600);
  expect((await apply(session, await planOf(session, flowId), not)).kind).toBe('applied');
});

test.runIf(process.getuid?.() === 0)('a file of another user is not believed', async () => {
  const path = join(folder, 'journal.jsonl');
  await writeFile(path, '', { mode: 0o600 });
  await chown(path, 65534, 65534);
  const session = await sessionWith(path);
  await expect(receipts(session, { limit: 9 })).rejects.toMatchObject({
    code: 'journal-untrusted',
    message: expect.stringContaining('it belongs to another user'),
  });
});
