import { afterEach, beforeEach, expect, test } from 'vitest';
import { olderInstall } from '../../shared/demo/install-schema.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import { makeJournal } from '../../shared/repair/journal/make-journal.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** Two databases with the same flows, as a copy of one is, behind one address: what is read is of one, what is written of the other. */
let first: Install;
let second: Install;
let session: WriteSession;
let moved: WriteSession;
let flowId: string;
const agreed = { createJournal: true };

beforeEach(async () => {
  const flow = broken(olderInstall);
  flowId = flow.flowId;
  first = await makeInstall('PostgreSQL', () => [flow]);
  second = await makeInstall('PostgreSQL', () => [flow]);
  session = await first.session();
  const other = await second.session();
  for (const { writer } of [session, other]) await makeJournal(writer);
  moved = { ...session, writer: other.writer };
});
afterEach(async () => {
  await first.close();
  await second.close();
});

test('the address leads to the other one since: neither a repair nor an undo is tried or written', async () => {
  const before = await second.everyRow();
  const refused = { code: 'wrong-schema', message: expect.stringContaining('another database than the one') };
  const plan = await planOf(session, flowId);
  await expect(preview(moved, plan)).rejects.toMatchObject(refused);
  const outcome = await apply(session, plan, agreed);
  if (outcome.kind !== 'applied') throw new Error(outcome.kind);
  await expect(preview(moved, planUndo(session, outcome.receipt))).rejects.toMatchObject(refused);
  // Its journal is the other one too, which has no such receipt.
  await expect(apply(moved, planUndo(session, outcome.receipt), agreed)).rejects.toMatchObject({
    code: 'receipt-refused',
  });
  expect(await second.everyRow()).toEqual(before);
});

test('nor are many flows', async () => {
  const before = await second.everyRow();
  expect(await applyMany(moved, await planMany(session, [flowId]), agreed)).toMatchObject({ applied: 0 });
  expect(await second.everyRow()).toEqual(before);
});
