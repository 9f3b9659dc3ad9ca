import { randomUUID } from 'node:crypto';
import sql from 'sql-template-tag';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { commitReceipt } from '../../shared/repair/journal/commit-receipt.ts';
import { IN_THE_TABLE } from '../../shared/repair/journal/journal-place.ts';
import { makeJournal } from '../../shared/repair/journal/make-journal.ts';
import { settle, statusOf } from '../../shared/repair/journal/settle.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { type CommitGate, openCommitGate } from '../support/commit-gate.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** How a transaction ended is said by PostgreSQL and by the journal, also where the two do not agree. */
let install: Install;
let session: WriteSession;
let flowId: string;
let gate: CommitGate | undefined;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const flow = broken(variant);
    flowId = flow.flowId;
    return [flow];
  });
  session = await install.session();
});
afterEach(async () => {
  await gate?.close();
  gate = undefined;
  await install.close();
});

test('a transaction that the server never came to, since it crashed before its id was kept, is aborted', async () => {
  const [row] = await install.query(`select (pg_current_xact_id()::text::numeric + 1000000)::text as later`);
  expect(await statusOf(session.primary, String(row?.later))).toBe('aborted');
  expect(await settle(session.primary, String(row?.later), 0)).toBe('aborted');
});

/** Commits through a gate that breaks the connection; the receipt is said to be this one. */
async function cut(where: 'before' | 'after', receipt: string): Promise<string> {
  gate = await openCommitGate(install.url, where);
  const through = await install.session({ FLOWMEND_DATABASE_URL: gate.url });
  const { end } = await commitReceipt(through, IN_THE_TABLE, async (transaction) => {
    await transaction.write(sql`select pg_current_xact_id()`);
    return { receipt, value: undefined };
  });
  return end;
}

test('a transaction of that number committed, and the journal has no such receipt: a restored server counts anew', async () => {
  await makeJournal(session.writer);
  expect(await cut('after', randomUUID())).toBe('found aborted');
});

test('the journal has the receipt, whatever the server says of the number', async () => {
  const applied = await apply(session, await planOf(session, flowId), { createJournal: true });
  if (applied.kind !== 'applied') throw new Error(applied.kind);
  expect(await cut('before', applied.receipt.id)).toBe('found committed');
});

test('a commit that PostgreSQL answers with a rollback is none', async () => {
  const before = await install.everyRow();
  const committed = session.writer.transaction(async (transaction) => {
    await transaction.write(sql`update migration.discovery_flows set status = 'x'`);
    await transaction.write(sql`select 1 / 0`).catch(() => {});
    return { ending: 'commit', value: 'written' };
  });
  await expect(committed).rejects.toMatchObject({ code: 'database', message: 'The database rolled it back.' });
  expect(await install.everyRow()).toEqual(before);
});

test('a column that came to be computed since the plan was made: the flow is refused, no fault of the schema', async () => {
  await makeJournal(session.writer);
  const plan = await planOf(session, flowId);
  await install.query(`
    alter table migration.discovery_flows drop column progress_percentage;
    alter table migration.discovery_flows add column progress_percentage double precision
      generated always as (0) stored`);
  const before = await install.everyRow();
  expect(await apply(session, plan, { createJournal: false })).toMatchObject({
    kind: 'not verified',
    problems: [
      expect.stringContaining('the database refuses it: column "progress_percentage" can only be updated to DEFAULT'),
    ],
  });
  expect(await install.everyRow()).toEqual(before);
});
