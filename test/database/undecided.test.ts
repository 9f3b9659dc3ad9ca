import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWriter } from '../../shared/database/connection/open-writer.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
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
    // Nothing but what a test does ends a wait.
    session = await install.session({ FLOWMEND_LOCK_TIMEOUT_MS: '240000', FLOWMEND_STATEMENT_TIMEOUT_MS: '240000' });
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
  const connected = async () => {
    const client = new pg.Client({ connectionString: install.url });
    await client.connect();
    return client;
  };
  const waiting = async () =>
    (
      await install.query(
        `select wait_event from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
    ).map((row) => row.wait_event);
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
    const [platform, other] = [await connected(), await connected()];
    // Whoever closes the circle looks for it first; the platform never does.
    await platform.query(`set deadlock_timeout = '1h'`);
    for (const client of [platform, other]) await client.query('begin');
    await other.query('select from migration.crewai_flow_state_extensions where flow_id = $1 for update', [flowId]);
    await platform.query(`update migration.data_imports set filename = 'by the platform'`);
    const outcome = apply(session, plan, agreed).catch((thrown: unknown) => thrown);
    // It holds the child and waits for the master.
    await expect.poll(waiting).toHaveLength(1);
    const written = platform.query(
      `update migration.discovery_flows set flow_name = 'by the platform' where flow_id = $1`,
      [flowId],
    );
    await expect.poll(waiting).toHaveLength(2);
    await other.query('rollback');
    await written;
    await platform.query('commit');
    for (const client of [platform, other]) await client.end();
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
    await onLastWrite('perform pg_sleep(60);');
    const plan = await planOf(session, flowId);
    // Only what writes is in a hurry, and not in such a hurry that another statement than the one that sleeps is too slow.
    const writer = openWriter({ ...session.settings.database, statementTimeoutMs: 3_000 });
    const hurried: WriteSession = { ...session, writer };
    await expect(apply(hurried, plan, agreed)).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('longer than its limit'),
    });
    await asBefore(before);
  });

  test('cancelled by an administrator', async () => {
    const before = await install.everyRow();
    await onLastWrite('perform pg_sleep(60);');
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
    await onLastWrite('perform pg_sleep(60);');
    const outcome = apply(session, await planOf(session, flowId), agreed).catch((thrown: unknown) => thrown);
    await whileItSleeps('pg_terminate_backend');
    expect(await outcome).toMatchObject({
      code: 'no-connection',
      message: expect.stringContaining('an administrator'),
    });
    await asBefore(before);
  });

  test('readers never wait for a repair', async () => {
    const plan = await planOf(session, flowId);
    await onLastWrite('perform pg_advisory_xact_lock(1);');
    const gate = await connected();
    await gate.query('select pg_advisory_lock(1)');
    const outcome = apply(session, plan, agreed);
    let ended = false;
    void outcome.then(() => {
      ended = true;
    });
    await expect.poll(waiting).toEqual(['advisory']);
    await diagnose(session, flowId);
    const locks = await install.query(
      `select distinct mode from pg_locks l join pg_stat_activity a using (pid)
       where a.application_name = 'flowmend' and l.locktype = 'relation' and l.granted
         and l.relation::regclass::text like 'migration.%' and mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')`,
    );
    expect([ended, locks]).toEqual([false, []]);
    await gate.end();
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
