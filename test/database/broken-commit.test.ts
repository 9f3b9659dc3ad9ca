import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import { openSession, type WriteSession, writable } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { type CommitGate, openCommitGate } from '../support/commit-gate.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { repairRole } from '../support/roles.ts';

const agreed = { createJournal: true };

describe.each(['table', 'file'] as const)('a connection that breaks while committing, journal in a %s', (place) => {
  let install: Install;
  let folder: string;
  let url: string;
  let flowId: string;
  let before: unknown;
  let gate: CommitGate | undefined;
  const open: WriteSession[] = [];

  const session = async (through: string, environment: Record<string, string> = {}): Promise<WriteSession> => {
    const opened = writable(
      await openSession(
        settingsFrom({
          FLOWMEND_DATABASE_URL: through,
          FLOWMEND_JOURNAL_FILE: join(folder, 'journal.jsonl'),
          ...environment,
        }),
      ),
    );
    open.push(opened);
    // A plan is for one database by its name: the way through the gate has another port.
    return { ...opened, settings: { ...opened.settings, database: { ...opened.settings.database, label: 'x' } } };
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
    install = await makeInstall('PostgreSQL', (variant) => {
      const one = broken(variant);
      flowId = one.flowId;
      return [one];
    });
    url = place === 'table' ? install.url : await repairRole(install, `mender_${randomUUID().slice(0, 8)}`);
    before = await install.everyRow();
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    await gate?.close();
    gate = undefined;
    await install.close();
    await rm(folder, { recursive: true });
  });

  /** A commit that takes so many seconds: a trigger that is fired before it puts itself off again, until the commit. */
  const slowCommit = (seconds: number) =>
    install.query(`
      create schema slow;
      create table slow.put_off ();
      create function slow.down() returns trigger language plpgsql security definer as
        $$ begin
          if current_query() ~* '^commit' then
            perform pg_sleep(${seconds});
          else
            set constraints all deferred;
            insert into slow.put_off default values;
          end if;
          return null;
        end $$;
      create constraint trigger again after insert on slow.put_off
        deferrable initially deferred for each row execute function slow.down();
      create constraint trigger slow after update on migration.data_imports
        deferrable initially deferred for each row execute function slow.down()`);
  const untouched = async () => expect(await install.everyRow()).toEqual(before);
  const written = async () => expect(await install.everyRow()).not.toEqual(before);
  const through = async (...how: [Parameters<typeof openCommitGate>[1], Parameters<typeof openCommitGate>[2]?]) => {
    gate = await openCommitGate(url, ...how);
    return gate;
  };
  const once = async (mender: WriteSession, plan: Plan) => {
    const outcome = await apply(mender, plan, agreed);
    expect(
      await install.query('select count(*)::int from migration.discovery_flows where status = $1', [
        'waiting_for_approval',
      ]),
    ).toEqual([{ count: 1 }]);
    return outcome.kind;
  };
  /** The journal's table is made by a commit of its own, which is not the one that is to break. */
  const withJournal = async () => {
    if (place === 'file') return;
    const { makeJournal } = await import('../../shared/repair/journal/make-journal.ts');
    await makeJournal((await session(url)).writer);
  };

  test('cut before the commit arrives: said so, nothing written, and the same apply goes through', async () => {
    await withJournal();
    const mender = await session((await through('before')).url);
    const plan = await planOf(mender, flowId);
    expect(await apply(mender, plan, agreed)).toMatchObject({ kind: 'not committed' });
    await untouched();
    expect(await once(mender, plan)).toBe('applied');
  });

  test('cut after the server committed: found out, and a second apply gives the same receipt', async () => {
    await withJournal();
    const mender = await session((await through('after')).url);
    const plan = await planOf(mender, flowId);
    const outcome = await apply(mender, plan, agreed);
    expect(outcome).toMatchObject({ kind: 'applied', foundOut: true });
    await written();
    expect(await once(mender, plan)).toBe('already applied');
  });

  test('cut while the server commits: waited for, and found out', async () => {
    await withJournal();
    await slowCommit(1);
    const mender = await session((await through('during')).url);
    const plan = await planOf(mender, flowId);
    expect(await apply(mender, plan, agreed)).toMatchObject({ kind: 'applied', foundOut: true });
    await written();
    expect(await once(mender, plan)).toBe('already applied');
  });

  test('the backend is terminated while it commits: rolled back, and said so', async () => {
    await withJournal();
    await slowCommit(200);
    const mender = await session(url, { FLOWMEND_STATEMENT_TIMEOUT_MS: '300000' });
    const plan = await planOf(mender, flowId);
    const outcome = apply(mender, plan, agreed);
    await expect
      .poll(() =>
        install.query(
          `select pg_terminate_backend(pid) as ended from pg_stat_activity
           where datname = current_database() and query = 'commit' and state = 'active'`,
        ),
      )
      .toEqual([{ ended: true }]);
    expect(await outcome).toMatchObject({ kind: 'not committed' });
    await untouched();
    await install.query('drop trigger slow on migration.data_imports');
    expect(await once(mender, plan)).toBe('applied');
  });

  test('the session is closed while the end of a commit is asked for: unknown, not that nothing was written', async () => {
    await withJournal();
    const way = await through('after', 'locked');
    const mender = await session(way.url);
    const plan = await planOf(mender, flowId);
    const outcome = expect(apply(mender, plan, agreed)).rejects.toMatchObject({
      code: 'outcome-unknown',
      message: expect.not.stringContaining('Nothing was written'),
    });
    await expect.poll(async () => JSON.stringify(await install.everyRow())).not.toBe(JSON.stringify(before));
    await mender.close();
    await outcome;
    way.open();
    expect(await once(await session(url), plan)).toBe('already applied');
  });

  test.each(['before', 'after'] as const)(
    'cut %s, and nobody can be asked: unknown; a later apply finds out',
    async (cut) => {
      await withJournal();
      const way = await through(cut, 'locked');
      const mender = await session(way.url, { FLOWMEND_RECONNECT_TIMEOUT_MS: '300' });
      const plan = await planOf(mender, flowId);
      await expect(apply(mender, plan, agreed)).rejects.toMatchObject({ code: 'outcome-unknown' });
      way.open();
      expect(await once(mender, plan)).toBe(cut === 'before' ? 'applied' : 'already applied');
    },
  );
});
