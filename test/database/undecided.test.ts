import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diagnose } from '../../shared/diagnose/diagnose.ts';
import { apply } from '../../shared/repair/apply.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { startPostgres } from '../support/postgres-server.ts';

const agreed = { createJournal: true };

describe('what a server can say in the middle of a repair: its own message, and nothing half done', () => {
  let install: Install;
  let session: WriteSession;
  let flowId: string;

  beforeEach(async () => {
    install = await makeInstall('PostgreSQL', (variant) => {
      const one = broken(variant);
      flowId = one.flowId;
      return [one];
    });
    session = await install.session({ FLOWMEND_LOCK_TIMEOUT_MS: '10000' });
  });
  afterEach(() => install.close());

  /** A trigger on the last table that a repair writes, so that something was written before. */
  const onLastWrite = (body: string) =>
    install.query(`
      create function migration.late() returns trigger language plpgsql as $$ begin ${body} return new; end $$;
      create trigger late before update on migration.data_imports for each row execute function migration.late()`);
  const asBefore = async (before: unknown) => {
    expect(await install.everyRow()).toEqual(before);
    expect(await install.query('select count(*)::int from flowmend.journal')).toEqual([{ count: 0 }]);
  };
  const whileItSleeps = (what: string) =>
    expect
      .poll(() =>
        install.query(
          `select ${what}(pid) as done from pg_stat_activity
           where datname = current_database() and application_name = 'flowmend' and wait_event = 'PgSleep'`,
        ),
      )
      .toEqual([{ done: true }]);

  test('a deadlock: PostgreSQL ends the repair, and the platform goes on', async () => {
    const plan = await planOf(session, flowId);
    const platform = new pg.Client({ connectionString: install.url });
    await platform.connect();
    await platform.query('begin');
    await platform.query(
      `update migration.crewai_flow_state_extensions set flow_name = 'by the platform' where flow_id = $1`,
      [flowId],
    );
    const outcome = apply(session, plan, agreed).catch((thrown: unknown) => thrown);
    await expect
      .poll(() =>
        install.query(
          `select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        ),
      )
      .toEqual([{ count: 1 }]);
    await platform.query(`update migration.discovery_flows set flow_name = 'by the platform' where flow_id = $1`, [
      flowId,
    ]);
    await platform.query('commit');
    await platform.end();
    expect(await outcome).toMatchObject({ code: 'deadlock', message: expect.stringContaining('deadlock') });
    expect(await install.query('select flow_name, status from migration.discovery_flows')).toEqual([
      { flow_name: 'by the platform', status: 'running' },
    ]);
  });

  // PostgreSQL raises these two by itself only in other isolation levels and on a full disk; a trigger raises the same.
  test.each([
    [
      'serialization',
      '40001',
      'could not serialize access due to concurrent update',
      'Another transaction wrote the same rows first',
    ],
    ['disk-full', '53100', 'could not extend file', 'The disk of the server is full'],
  ])('%s', async (code, state, said, words) => {
    const before = await install.everyRow();
    await onLastWrite(`raise exception '${said}' using errcode = '${state}';`);
    await expect(apply(session, await planOf(session, flowId), agreed)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
    await asBefore(before);
  });

  test('over its time limit', async () => {
    const before = await install.everyRow();
    await onLastWrite('perform pg_sleep(5);');
    const plan = await planOf(session, flowId);
    const hurried = await install.session({ FLOWMEND_STATEMENT_TIMEOUT_MS: '300' });
    await expect(apply(hurried, plan, agreed)).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('longer than its limit'),
    });
    await asBefore(before);
  });

  test('cancelled by an administrator', async () => {
    const before = await install.everyRow();
    await onLastWrite('perform pg_sleep(20);');
    const outcome = apply(session, await planOf(session, flowId), agreed).catch((thrown: unknown) => thrown);
    await whileItSleeps('pg_cancel_backend');
    expect(await outcome).toMatchObject({
      code: 'stopped-by-admin',
      message: expect.stringContaining('Someone cancelled'),
    });
    await asBefore(before);
  });

  test('ended by an administrator', async () => {
    const before = await install.everyRow();
    await onLastWrite('perform pg_sleep(20);');
    const outcome = apply(session, await planOf(session, flowId), agreed).catch((thrown: unknown) => thrown);
    await whileItSleeps('pg_terminate_backend');
    expect(await outcome).toMatchObject({
      code: 'no-connection',
      message: expect.stringContaining('an administrator'),
    });
    await asBefore(before);
  });

  test('readers never wait for a repair', async () => {
    await onLastWrite('perform pg_sleep(2);');
    const outcome = apply(session, await planOf(session, flowId), agreed);
    let ended = false;
    void outcome.then(() => {
      ended = true;
    });
    await sleep(500);
    await diagnose(session, flowId);
    const locks = await install.query(
      `select distinct mode from pg_locks l join pg_stat_activity a using (pid)
       where a.application_name = 'flowmend' and l.locktype = 'relation' and l.granted
         and l.relation::regclass::text like 'migration.%' and mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')`,
    );
    expect([ended, locks]).toEqual([false, []]);
    expect((await outcome).kind).toBe('applied');
  });
});

test('a standby reads, and says that it can only read; one that takes no connections yet says that', async () => {
  const server = await startPostgres();
  try {
    let flowId = '';
    const install = await makeInstall(
      'PostgreSQL',
      (variant) => {
        const one = broken(variant);
        flowId = one.flowId;
        return [one];
      },
      undefined,
      server.url,
    );
    await writeFile(join(server.dataFolder, 'standby.signal'), '');
    await server.crash();
    const session = await install.session();
    const plan = await planOf(session, flowId);
    expect(plan.mends.length).toBeGreaterThan(0);
    await expect(apply(session, plan, agreed)).rejects.toMatchObject({
      code: 'read-only',
      message: expect.stringContaining('read-only replica'),
    });
    await session.close();
    await writeFile(join(server.dataFolder, 'postgresql.auto.conf'), 'hot_standby = off\n');
    await server.crash('57P03');
    await expect(install.session()).rejects.toMatchObject({ code: 'in-recovery' });
  } finally {
    await server.stop();
  }
});
