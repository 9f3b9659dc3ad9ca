import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ApplyOutcome, apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planState } from '../../shared/repair/check/plan-state.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import type { Receipt } from '../../shared/repair/journal/journal.ts';
import { journalPlace, latestReceipt, receiptById, receipts } from '../../shared/repair/journal/journal-place.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { journalNotice } from '../../shared/report/text/journal-text.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { documentedGrants, repairRole } from '../support/roles.ts';

/** A role that may not make the journal begins with the file; then somebody makes the table. */
const not = { createJournal: false };
let install: Install;
let session: WriteSession;
let folder: string;
let ids: string[];
let makeTable: () => Promise<unknown>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = Array.from({ length: 6 }, () => broken(variant));
    ids = flows.map((one) => one.flowId);
    return flows;
  });
  const role = `role_${randomUUID().slice(0, 8)}`;
  session = await install.session({
    FLOWMEND_DATABASE_URL: await repairRole(install, role),
    FLOWMEND_JOURNAL_FILE: join(folder, 'journal.jsonl'),
  });
  makeTable = async () => install.query(await documentedGrants('The journal', role, 'migration'));
});
afterEach(async () => {
  await install.close();
  await rm(folder, { recursive: true });
});

function receiptOf(outcome: ApplyOutcome): Receipt {
  if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome));
  return outcome.receipt;
}

const inTable = () => install.query('select id, kind from flowmend.journal order by applied_at');

test('a receipt of the file is taken back after the table was made, and the undo too; each beside the other', async () => {
  const [flowId = '', other = ''] = ids;
  const before = await install.everyRow();
  const plan = await planOf(session, flowId);
  const filed = receiptOf(await apply(session, plan, not));
  const after = await install.everyRow();
  await makeTable();
  // Not stale: the file knows why its rows changed.
  expect(await apply(session, plan, not)).toEqual({ kind: 'already applied', receipt: filed });
  expect(await planState(session, plan)).toEqual({ kind: 'used', receipt: filed });

  const undo = planUndo(session, await receiptById(session, filed.id));
  const place = await journalPlace(session, undo);
  expect(place).toMatchObject({ kind: 'file', why: 'undoes' });
  expect(journalNotice(place)).toContain('this one goes there too');
  const undone = receiptOf(await apply(session, undo, not));
  expect(await install.everyRow()).toEqual(before);
  expect((await receiptById(session, filed.id)).undoneBy).toBe(undone.id);
  expect(await latestReceipt(session, flowId)).toBeUndefined();
  const redone = receiptOf(await apply(session, planUndo(session, await receiptById(session, undone.id)), not));
  expect(await install.everyRow()).toEqual(after);
  expect(await inTable()).toEqual([]);

  const kept = receiptOf(await apply(session, await planOf(session, other), not));
  expect(await inTable()).toEqual([{ id: kept.id, kind: 'repair' }]);
  const listed = await receipts(session, { limit: 9 });
  expect(listed.map(({ id }) => id)).toEqual([kept.id, redone.id, undone.id, filed.id]);
  const back = receiptOf(await apply(session, planUndo(session, kept), not));
  expect(await inTable()).toEqual([
    { id: kept.id, kind: 'repair' },
    { id: back.id, kind: 'undo' },
  ]);
});

test('a receipt of the file is taken back once, however many try and whenever they planned it', async () => {
  const before = await install.everyRow();
  const filed = receiptOf(await apply(session, await planOf(session, ids[0] ?? ''), not));
  await makeTable();
  const planned: ReturnType<typeof planUndo>[] = [];
  for (let undo = 0; undo < 4; undo++) {
    planned.push(planUndo(session, filed));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(new Set(planned.map(({ hash }) => hash)).size).toBe(4);
  const outcomes = await Promise.all(planned.map((undo) => apply(session, undo, not)));
  expect(outcomes.map(({ kind }) => kind).sort()).toEqual([
    'already applied',
    'already applied',
    'already applied',
    'applied',
  ]);
  const undone = outcomes.find(({ kind }) => kind === 'applied');
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ receipt: { id: receiptOf(undone as ApplyOutcome).id } });
  expect(await install.everyRow()).toEqual(before);
  expect(await inTable()).toEqual([]);
  const again = await receiptById(session, filed.id);
  expect(() => planUndo(session, again)).toThrow('taken back already');
});

test('a plan of many that began with the file goes on with the table where it stopped', async () => {
  const plan = await planMany(session, ids, { batchSize: 2 });
  const first = await applyMany(session, plan, { ...not, lanes: 1, between: async () => 'stop' });
  expect(first).toMatchObject({ kind: 'interrupted', applied: 2, left: 4 });
  await makeTable();
  expect(await applyMany(session, plan, not)).toMatchObject({ kind: 'done', before: 2, applied: 4, failed: [] });
  expect(await inTable()).toHaveLength(2);
  expect(await receipts(session, { limit: 9 })).toHaveLength(3);
});

test('a receipt of another server that was never closed: this one is not asked about its transaction', async () => {
  const path = join(folder, 'journal.jsonl');
  const filed = receiptOf(await apply(session, await planOf(session, ids[0] ?? ''), not));
  expect(filed.server).toEqual({
    system: session.catalog.server.system,
    database: session.catalog.databaseName,
  });
  const [prepared = ''] = (await readFile(path, 'utf8')).split('\n').filter(Boolean);
  const line = (server: unknown) => {
    const entry = JSON.parse(prepared);
    return `${JSON.stringify({ ...entry, receipt: { ...entry.receipt, server } })}\n`;
  };
  const moved = line({ ...filed.server, system: '7000000000000000001' });
  await writeFile(path, moved);
  expect(await receipts(session, { limit: 9 })).toEqual([]);
  expect(await readFile(path, 'utf8')).toBe(moved);
  // Of 0.1.0, which did not say it.
  await writeFile(path, line(undefined));
  expect((await receipts(session, { limit: 9 })).map(({ id }) => id)).toEqual([filed.id]);
});
