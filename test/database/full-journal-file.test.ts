import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { receipts } from '../../shared/repair/journal/journal-place.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { repairRole } from '../support/roles.ts';

const not = { createJournal: false };
let install: Install;
let folder: string;
let journal: string;
let ids: string[];
let environment: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-full-'));
  journal = join(folder, 'journal.jsonl');
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = [broken(variant), broken(variant)];
    ids = flows.map((one) => one.flowId);
    return flows;
  });
  environment = {
    FLOWMEND_DATABASE_URL: await repairRole(install, `role_${randomUUID().slice(0, 8)}`),
    FLOWMEND_JOURNAL_FILE: journal,
    FLOWMEND_LOCK_TIMEOUT_MS: '120000',
  };
});
afterEach(async () => {
  await install.close();
  await rm(folder, { recursive: true });
});

/** Runs `flowmend` where no file may grow beyond 8 KiB: what is over is not taken, and the part before is. */
function bounded(...args: string[]) {
  const { status, stderr } = spawnSync(
    'bash',
    ['-c', 'ulimit -f 8 && exec "$0" "$@"', process.execPath, resolve('dist/flowmend.js'), ...args],
    { encoding: 'utf8', env: { PATH: process.env.PATH ?? '', ...environment } },
  );
  return { code: status, stderr };
}

test('a disk that takes a part of the receipt: nothing is committed, and the part is told from a receipt', async () => {
  const [flowId = ''] = ids;
  const before = await install.everyRow();
  await writeFile(journal, '\n'.repeat(8 * 1024 - 600));
  expect(bounded('apply', flowId, '--yes')).toEqual({
    code: 5,
    stderr: expect.stringContaining('cannot be used (EFBIG)'),
  });
  expect(await install.everyRow()).toEqual(before);
  const cutOff = (await readFile(journal, 'utf8')).trim();
  expect(cutOff).toMatch(/^\{"state":"prepared"/);
  expect(() => JSON.parse(cutOff)).toThrow();

  const there = await flowmend(['apply', flowId, '--yes'], environment);
  expect(there.code).toBe(0);
  const [, receipt = ''] = /flowmend undo ([0-9a-f-]{36})/.exec(there.stdout) ?? [];
  expect((await flowmend(['undo', receipt, '--yes'], environment)).code).toBe(0);
  expect(await install.everyRow()).toEqual(before);
});

/** Holds the next commit, until `meanwhile` was done. */
async function whileCommitting<T>(committing: () => Promise<T>, meanwhile: () => Promise<unknown>): Promise<T> {
  // What is put off acts before a repair is judged: the trigger puts itself off again, until it is asked by the commit.
  await install.query(`
    create schema held;
    create table held.again (id int);
    create function held.hold() returns trigger language plpgsql as $$ begin
      if current_query() ~* '^commit' then
        perform pg_advisory_xact_lock(7);
      else
        set constraints all deferred;
        insert into held.again values (1);
      end if;
      return null;
    end $$;
    create constraint trigger held after insert on held.again
      deferrable initially deferred for each row execute function held.hold();
    create constraint trigger held after update on migration.data_imports
      deferrable initially deferred for each row execute function held.hold();
    grant usage on schema held to public; grant insert on held.again to public`);
  await install.query('select pg_advisory_lock(7)');
  const committed = committing();
  await expect
    .poll(() =>
      install.query(`select from pg_stat_activity
        where datname = current_database() and query = 'commit' and wait_event_type = 'Lock'`),
    )
    .toHaveLength(1);
  await meanwhile();
  await install.query('select pg_advisory_unlock(7)');
  return committed;
}

/** Something that nobody can write to stands where the file was. */
const takeAway = async () => {
  await rename(journal, `${journal}.kept`);
  await mkdir(journal);
};
const giveBack = async () => {
  await rmdir(journal);
  await rename(`${journal}.kept`, journal);
};

test('the mark after the commit fails: the failure says that it was committed, and with which receipt', async () => {
  const session = await install.session(environment);
  const plan = await planOf(session, ids[0] ?? '');
  const before = await install.everyRow();
  const failure = await whileCommitting(
    () =>
      apply(session, plan, not).then(
        (outcome) => outcome,
        (thrown: unknown) => thrown,
      ),
    takeAway,
  );
  expect(await install.everyRow()).not.toEqual(before);
  await giveBack();
  const [kept] = await receipts(session, { limit: 9 });
  expect(failure).toMatchObject({
    code: 'journal-unmarked',
    message: expect.stringContaining(`committed, as receipt ${kept?.id}; only the mark`),
  });
  expect(await apply(session, plan, not)).toEqual({ kind: 'already applied', receipt: kept });
});

test('the same in a run of many: it breaks off, says so, and goes on later', async () => {
  const session = await install.session(environment);
  const plan = await planMany(session, ids, { batchSize: 1 });
  const broke = await whileCommitting(() => applyMany(session, plan, { ...not, lanes: 1 }), takeAway);
  await giveBack();
  const [kept] = await receipts(session, { limit: 9 });
  expect(broke).toMatchObject({
    kind: 'broken',
    applied: 1,
    left: 1,
    receipts: [kept?.id],
    failure: { code: 'journal-unmarked', message: expect.stringContaining(`committed, as receipt ${kept?.id}`) },
  });
  expect(await applyMany(session, plan, not)).toMatchObject({ kind: 'done', before: 1, applied: 1, failed: [] });
});
