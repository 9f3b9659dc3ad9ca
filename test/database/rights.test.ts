import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fleet } from '../../shared/demo/fleet.ts';
import { STUCK_FLOW_ID, stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { discovery } from '../../shared/flow/discovery.ts';
import type { RecordName } from '../../shared/flow/model.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planState } from '../../shared/repair/check/plan-state.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import { latestReceipt, receiptById, receipts } from '../../shared/repair/journal/journal-place.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { rules } from '../../shared/rules/builtin/index.ts';
import { openSession, type WriteSession, writable } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { documentedGrants, documentedRole } from '../support/roles.ts';

/** The SQL of docs/rights.md is run as it stands there, and worked with. */
let install: Install;
let folder: string;
let reader: { url: string; role: string };
let mender: { url: string; role: string };
const agreed = { createJournal: true };
const others: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
  install = await makeInstall('PostgreSQL', (variant) => [
    stuckFlow(variant),
    ...fleet(variant, new Date()),
    ...Array.from({ length: 3 }, () => {
      const one = broken(variant);
      others.push(one.flowId);
      return one;
    }),
  ]);
  const made = async (section: string) => {
    const role = `role_${randomUUID().slice(0, 8)}`;
    return { role, url: await documentedRole(install, section, role) };
  };
  reader = await made('The role that reads');
  mender = await made('The role that mends');
});
afterAll(async () => {
  await install.close();
  await rm(folder, { recursive: true });
});

const file = () => join(folder, 'state', 'journal.jsonl');

async function as<T>(who: { url: string }, work: (session: WriteSession) => Promise<T>): Promise<T> {
  const session = await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: who.url, FLOWMEND_JOURNAL_FILE: file() }));
  try {
    return await work(writable(session));
  } finally {
    await session.close();
  }
}

async function refused(who: { url: string }, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: who.url });
  await client.connect();
  try {
    await client.query('begin read write');
    await client.query(statement);
    return 'allowed';
  } catch (thrown) {
    return (thrown as { code?: string }).code;
  } finally {
    await client.end();
  }
}

test('the reader scans, diagnoses and plans, and can write nothing', async () => {
  await as(reader, async (session) => {
    expect((await scan(session)).flows.length).toBeGreaterThan(3);
    const { diagnosis } = await diagnose(session, STUCK_FLOW_ID);
    expect(diagnosis.verdict).toBe('stuck');
  });
  // A plan for someone else to apply: made in a session that writes nothing.
  const session = await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: reader.url, FLOWMEND_READ_ONLY: '1' }));
  const plan = await planOf(session, STUCK_FLOW_ID);
  expect(plan.mends).toHaveLength(4);
  await session.close();
  for (const statement of [
    `update migration.discovery_flows set status = 'completed'`,
    'delete from migration.data_imports',
    'create table migration.x ()',
    'create schema x',
  ]) {
    expect(await refused(reader, statement)).toBe('42501');
  }
});

test('the mender may do what every plan of the demo fleet needs, and no more', async () => {
  await as(mender, async (session) => {
    for (const { flowId } of (await scan(session)).flows) {
      const { facts } = await diagnose(session, flowId);
      const plan = planRepair(session, facts);
      expect(plan.leftOut.filter(({ reason }) => reason === 'schema')).toEqual([]);
      expect((await preview(session, plan)).kind).toBe('ran');
    }
  });
  for (const statement of [
    `update migration.discovery_flows set user_id = 'x'`,
    'delete from migration.discovery_flows',
    `insert into migration.data_imports (import_name) values ('x')`,
    'create schema flowmend',
  ]) {
    expect(await refused(mender, statement)).toBe('42501');
  }
});

test('the mender may write exactly the columns that rules write, and when a record was written', async () => {
  const column = (record: RecordName, name: string) => {
    const { table, columns } = discovery[record];
    return `${table}.${(columns as Record<string, string>)[name]}`;
  };
  const written = rules.flatMap(({ writes = {} }) =>
    Object.entries(writes).flatMap(([record, names]) =>
      (names as readonly string[]).map((name) => column(record as RecordName, name)),
    ),
  );
  const stamped = (['child', 'master', 'import'] as const).map((record) => column(record, 'updatedAt'));
  const granted = await install.query(
    `select table_name || '.' || column_name as name from information_schema.column_privileges
     where grantee = '${mender.role}' and privilege_type = 'UPDATE'`,
  );
  expect(granted.map(({ name }) => name).sort()).toEqual([...new Set([...written, ...stamped])].sort());
});

test('without the table: a receipt in the file, undone, and the undo undone; nothing made in the database', async () => {
  const [flowId = ''] = others;
  await as(mender, async (session) => {
    const before = await install.everyRow();
    const plan = await planOf(session, flowId);
    const applied = await apply(session, plan, { ...agreed, reason: 'INC-3' });
    if (applied.kind !== 'applied') throw new Error(JSON.stringify(applied));
    expect(applied.receipt).toMatchObject({ reason: 'INC-3', who: { role: mender.role } });
    const after = await install.everyRow();
    expect(await apply(session, plan, agreed)).toMatchObject({ kind: 'already applied', receipt: applied.receipt });
    expect(await planState(session, plan)).toMatchObject({ kind: 'used', receipt: { id: applied.receipt.id } });
    expect(await latestReceipt(session, flowId)).toEqual(applied.receipt);
    const undone = await apply(session, planUndo(session, await receiptById(session, applied.receipt.id)), agreed);
    if (undone.kind !== 'applied') throw new Error(JSON.stringify(undone));
    expect(await install.everyRow()).toEqual(before);
    expect((await receiptById(session, applied.receipt.id)).undoneBy).toBe(undone.receipt.id);
    expect(await latestReceipt(session, flowId)).toBeUndefined();
    expect((await apply(session, planUndo(session, undone.receipt), agreed)).kind).toBe('applied');
    expect(await install.everyRow()).toEqual(after);
    expect((await receipts(session, { flowId, limit: 9 })).map(({ kind }) => kind)).toEqual(['undo', 'undo', 'repair']);
  });
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  const states = (await readFile(file(), 'utf8')).split('\n').flatMap((line) => (line ? [JSON.parse(line).state] : []));
  expect(states).toEqual(['prepared', 'committed', 'prepared', 'committed', 'prepared', 'committed']);
  expect(await install.query(`select to_regnamespace('flowmend') as schema`)).toEqual([{ schema: null }]);
});

test('a repair that the database refuses leaves no receipt in the file that counts', async () => {
  const [, flowId = ''] = others;
  await install.query(`
    create function migration.never() returns trigger language plpgsql as
      $$ begin raise exception 'never' using errcode = '53100'; end $$;
    create constraint trigger never after update on migration.data_imports
      deferrable initially deferred for each row execute function migration.never()`);
  await as(mender, async (session) => {
    const plan = await planOf(session, flowId);
    const before = await install.everyRow();
    await expect(apply(session, plan, agreed)).rejects.toMatchObject({ code: 'disk-full' });
    expect(await install.everyRow()).toEqual(before);
    expect(await latestReceipt(session, flowId)).toBeUndefined();
    await install.query('drop trigger never on migration.data_imports');
    expect((await apply(session, plan, agreed)).kind).toBe('applied');
  });
});

test('a journal that somebody made by the documented SQL is used, added to, and never changed', async () => {
  const [, , flowId = ''] = others;
  await install.query(await documentedGrants('The journal', mender.role, 'migration'));
  await as(mender, async (session) => {
    const applied = await apply(session, await planOf(session, flowId), { createJournal: false });
    if (applied.kind !== 'applied') throw new Error(JSON.stringify(applied));
    expect(await install.query('select id from flowmend.journal')).toEqual([{ id: applied.receipt.id }]);
    expect((await apply(session, planUndo(session, applied.receipt), { createJournal: false })).kind).toBe('applied');
  });
  expect(await refused(mender, 'delete from flowmend.journal')).toBe('42501');
  expect(await refused(mender, `update flowmend.journal set reason = 'x'`)).toBe('42501');
});
