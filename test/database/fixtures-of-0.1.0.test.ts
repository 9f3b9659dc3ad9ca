import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planState } from '../../shared/repair/check/plan-state.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import { readPlanFile } from '../../shared/repair/document/plan-file.ts';
import type { Receipt } from '../../shared/repair/journal/journal.ts';
import { receipts } from '../../shared/repair/journal/journal-place.ts';
import { draftUndo } from '../../shared/repair/undo/draft-undo.ts';
import type { WriteSession } from '../../shared/session.ts';
import { findConfiguration } from '../../shared/settings/find-configuration.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** Files that 0.1.0 itself wrote: each is read, undone or refused with the right sentence, now and in all later versions. */
const FOLDER = 'test/fixtures/0.1.0';
const agreed = { createJournal: true };
type Rows = Record<string, Record<string, unknown>[]>;

let install: Install;
let folder: string;

/** Long after the files were written, whatever this machine's clock says. */
const TODAY = new Date('2027-01-01T00:00:00Z');

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: TODAY });
  folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
  install = await makeInstall('PostgreSQL', () => []);
});
afterEach(async () => {
  vi.useRealTimers();
  await install.close();
  await rm(folder, { recursive: true });
});

const fixture = (name: string) => readFile(join(FOLDER, name), 'utf8');

/** Puts the rows of the flow tables as they were when the file was written. */
async function rowsOf(name: string): Promise<void> {
  for (const [table, rows] of Object.entries(JSON.parse(await fixture(name)) as Rows)) {
    await install.query(
      `insert into migration.${table} select * from json_populate_recordset(null::migration.${table}, $1::json)`,
      [JSON.stringify(rows)],
    );
  }
}

/** Plans and files are of one database by its name: the session says that it is that one. */
async function sessionOf(database: string, environment: Record<string, string> = {}): Promise<WriteSession> {
  const session = await install.session(environment);
  return { ...session, settings: { ...session.settings, database: { ...session.settings.database, label: database } } };
}

/** The rows that a receipt changed, with the columns that it changed. */
async function nowOf({ changes }: Receipt): Promise<unknown> {
  const now = [];
  for (const { table, key, columns } of changes) {
    const [row] = await install.query(
      `select ${columns.map(({ column }) => `t.${column}::text`).join(', ')} from ${table.schema}.${table.name} t where id = $1`,
      [key],
    );
    now.push(row);
  }
  return now;
}

const asItWas = ({ changes }: Receipt, side: 'before' | 'after') =>
  changes.map(({ columns }) => Object.fromEntries(columns.map((one) => [one.column, one[side]])));

/** Takes back what is left of a receipt, and compares every row that it changed. */
async function takesBack(session: WriteSession, receipt: Receipt): Promise<void> {
  const { plan } = await draftUndo(session, receipt);
  if (!plan) throw new Error('nothing to take back');
  expect((await apply(session, plan, agreed)).kind).toBe('applied');
  expect(await nowOf(receipt)).toEqual(asItWas(receipt, 'before'));
}

describe.each(['table', 'file'] as const)('a journal of 0.1.0 in a %s', (place) => {
  let session: WriteSession;
  beforeEach(async () => {
    if (place === 'table') {
      await rowsOf('rows-after.json');
      await install.query(await fixture('journal.sql'));
      session = await sessionOf((await readPlanFile(join(FOLDER, 'plans/single.json'))).database);
    } else {
      await rowsOf('rows-after-file.json');
      const path = join(folder, 'journal.jsonl');
      await copyFile(join(FOLDER, 'journal.jsonl'), path);
      const [, , database] = /("database"):"([^"]+)"/.exec(await fixture('journal.jsonl')) ?? [];
      session = await sessionOf(database ?? '', { FLOWMEND_JOURNAL_FILE: path });
    }
  });

  test('is listed: a repair of one flow, one of three, an undo of one of them', async () => {
    const found = await receipts(session, { limit: 9 });
    expect(found.map(({ kind, flows, reason, who }) => [kind, flows.length, reason, who.user, who.host])).toEqual([
      ['undo', 1, 'INC-3', 'sam', 'workstation'],
      ['repair', 3, 'INC-2', 'sam', 'workstation'],
      ['repair', 1, 'INC-1', 'sam', 'workstation'],
    ]);
    expect(found.map(({ server, undoneBy }) => [server, undoneBy])).toEqual([
      [undefined, null],
      [undefined, null],
      [undefined, null],
    ]);
  });

  test('its receipts are taken back, the whole and what is left of one; and it takes new ones as it is', async () => {
    const [, three, one] = await receipts(session, { limit: 9 });
    if (!three || !one) throw new Error('too few receipts');
    await takesBack(session, one);
    const { plan } = await draftUndo(session, three);
    expect(plan?.flows).toHaveLength(2);
    await takesBack(session, three);
    expect(await receipts(session, { limit: 9 })).toHaveLength(5);
    if (place === 'table') {
      const columns = await install.query(
        `select attname from pg_attribute where attrelid = 'flowmend.journal'::regclass and attname = 'database'`,
      );
      expect(columns).toEqual([]);
    }
  });
});

test('the first journal, without batches and with jsonb: listed, brought up to date once agreed, and taken back', async () => {
  await rowsOf('rows-after-first.json');
  await install.query(await fixture('journal-first.sql'));
  const session = await install.session();
  const [receipt] = await receipts(session, { limit: 9 });
  if (!receipt) throw new Error('no receipt');
  expect(receipt).toMatchObject({ kind: 'repair', reason: 'INC-1', undoneBy: null });
  const { plan } = await draftUndo(session, receipt);
  if (!plan) throw new Error('nothing to take back');
  await expect(apply(session, plan, { createJournal: false })).rejects.toMatchObject({ code: 'journal-outdated' });
  await takesBack(session, receipt);
});

describe('a plan of 0.1.0', () => {
  const planOf = (name: string): Promise<Plan> => readPlanFile(join(FOLDER, 'plans', `${name}.json`));

  test.each(['single', 'many', 'unused'])('%s: past its time, and refused as that', async (name) => {
    await rowsOf('rows-before.json');
    const plan = await planOf(name);
    const session = await sessionOf(plan.database);
    const before = await install.everyRow();
    expect(await planState(session, plan)).toEqual({ kind: 'expired', since: plan.expiresAt });
    const why = `the plan was valid until ${plan.expiresAt}`;
    if (name === 'many') expect(await applyMany(session, plan, agreed)).toMatchObject({ kind: 'refused', why });
    else expect(await apply(session, plan, agreed)).toMatchObject({ kind: 'stale', why });
    expect(await install.everyRow()).toEqual(before);
  });

  test('whose receipt is in the journal gives it', async () => {
    await rowsOf('rows-after.json');
    await install.query(await fixture('journal.sql'));
    const plan = await planOf('single');
    const session = await sessionOf(plan.database);
    const [, , receipt] = await receipts(session, { limit: 9 });
    expect(await apply(session, plan, agreed)).toEqual({ kind: 'already applied', receipt });
    expect(await planState(session, plan)).toEqual({ kind: 'used', receipt });
  });

  test('that takes back: past its time with its journal, and of no receipt without', async () => {
    await rowsOf('rows-after.json');
    const plan = await planOf('undo');
    const session = await sessionOf(plan.database);
    expect(await planState(session, plan)).toMatchObject({
      kind: 'forged',
      why: expect.stringContaining('no receipt'),
    });
    await install.query(await fixture('journal.sql'));
    expect(await planState(session, plan)).toEqual({ kind: 'expired', since: plan.expiresAt });
    expect(await apply(session, plan, agreed)).toMatchObject({ kind: 'stale' });
  });

  test('read by the command, without its database, is of another one', async () => {
    const ended = await flowmend(['plan', join(FOLDER, 'plans/single.json')], { FLOWMEND_DATABASE_URL: install.url });
    expect(ended).toMatchObject({ code: 4, stdout: expect.stringContaining('of another database') });
  });
});

test('the configuration of 0.1.0 is read', async () => {
  const configuration = await findConfiguration({ FLOWMEND_CONFIG: join(FOLDER, 'flowmend.yaml') }, folder);
  expect(Object.keys(configuration?.connections ?? {})).toEqual(['prod', 'staging']);
  expect(configuration?.customRules.map(({ id }) => id)).toEqual(['abandoned-import']);
});
