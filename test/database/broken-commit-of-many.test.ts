import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyMany } from '../../shared/repair/apply-many.ts';
import { receiptById } from '../../shared/repair/journal-place.ts';
import { makeJournal } from '../../shared/repair/make-journal.ts';
import { planMany } from '../../shared/repair/plan-many.ts';
import { broken } from '../soak/broken-flows.ts';
import { type CommitGate, openCommitGate } from '../support/commit-gate.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';

const FLOWS = 12;
const agreed = { createJournal: true };
const quick = { FLOWMEND_RECONNECT_TIMEOUT_MS: '300' };

let install: Install;
let ids: string[];
let gate: CommitGate | undefined;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = Array.from({ length: FLOWS }, () => broken(variant));
    ids = flows.map((one) => one.flowId);
    return flows;
  });
  // The commit that makes the journal is not the one that is to break.
  await makeJournal((await install.session()).writer);
});
afterEach(async () => {
  await gate?.close();
  gate = undefined;
  await install.close();
});

const through = async (...how: [Parameters<typeof openCommitGate>[1], Parameters<typeof openCommitGate>[2]?]) => {
  gate = await openCommitGate(install.url, ...how);
  return gate;
};
const inJournal = async () => {
  const [row] = await install.query('select coalesce(sum(cardinality(flows)), 0)::int as flows from flowmend.journal');
  return row?.flows;
};

test('the first batch cut after the server committed: found out, and the run goes on with the rest', async () => {
  const { url } = await through('after');
  const session = await install.session({ FLOWMEND_DATABASE_URL: url });
  const plan = await planMany(session, ids, { batchSize: 5 });
  const outcome = await applyMany(session, plan, agreed);
  expect(outcome).toMatchObject({ kind: 'done', applied: FLOWS, before: 0, failed: [], left: 0 });
  expect(outcome.receipts).toHaveLength(3);
  for (const id of outcome.receipts) expect(await receiptById(session, id)).toMatchObject({ id, undoneBy: null });
  expect(await inJournal()).toBe(FLOWS);
});

test('cut before the commit arrives: said to be rolled back, and the same plan goes on', async () => {
  const { url } = await through('before');
  const session = await install.session({ FLOWMEND_DATABASE_URL: url });
  const plan = await planMany(session, ids, { batchSize: FLOWS });
  const before = await install.everyRow();
  expect(await applyMany(session, plan, agreed)).toMatchObject({
    kind: 'broken',
    failure: { code: 'no-connection', message: expect.stringContaining('rolled') },
    applied: 0,
    left: FLOWS,
  });
  expect(await install.everyRow()).toEqual(before);
  expect(await applyMany(session, plan, agreed)).toMatchObject({ kind: 'done', applied: FLOWS, before: 0, failed: [] });
  expect(await inJournal()).toBe(FLOWS);
});

test.each(['before', 'after'] as const)(
  'cut %s, and nobody can be asked: unknown; a later run finds out',
  async (cut) => {
    const way = await through(cut, 'locked');
    const session = await install.session({ FLOWMEND_DATABASE_URL: way.url, ...quick });
    const plan = await planMany(session, ids, { batchSize: FLOWS });
    expect(await applyMany(session, plan, agreed)).toMatchObject({
      kind: 'broken',
      failure: { code: 'outcome-unknown' },
      applied: 0,
      left: FLOWS,
    });
    way.open();
    const done = cut === 'after' ? { applied: 0, before: FLOWS } : { applied: FLOWS, before: 0 };
    expect(await applyMany(session, plan, agreed)).toMatchObject({ kind: 'done', failed: [], ...done });
  },
);

test.each([
  ['one flow', () => [ids[0] ?? '']],
  ['many flows', () => ['--all', '--batch', '5']],
] as const)('where nobody can be asked, the exit code of %s is not that of nothing written', async (_what, flows) => {
  const { url } = await through('after', 'locked');
  const { code, stderr } = await flowmend(['apply', ...flows(), '--yes'], { FLOWMEND_DATABASE_URL: url, ...quick });
  expect(stderr).toContain('not known yet whether it did');
  expect(code).toBe(3);
  expect(await inJournal()).toBeGreaterThan(0);
});
