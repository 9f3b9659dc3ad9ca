import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { receiptById } from '../../shared/repair/journal/journal-place.ts';
import { makeJournal } from '../../shared/repair/journal/make-journal.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { draftRunUndo, undoRun } from '../../shared/repair/undo/undo-run.ts';
import { sessionUntil } from '../../shared/session.ts';
import { broken } from '../soak/broken-flows.ts';
import { type CommitGate, openCommitGate } from '../support/commit-gate.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { openRelay, type Relay } from '../support/relay.ts';

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

describe('the way breaks while the journal is asked what became of the others of a committed batch', () => {
  let relay: Relay | undefined;
  afterEach(() => relay?.close());

  /** A session whose way breaks with the first statement with these words after `arm`. */
  const breakingAt = async (words: string, atBreak = () => {}) => {
    let armed = false;
    relay = await openRelay(install.url, (near, far) => {
      far.pipe(near);
      near.on('data', (chunk) => {
        if (!armed || !chunk.includes(words)) return far.write(chunk);
        atBreak();
        near.destroy();
      });
    });
    const session = await install.session({ FLOWMEND_DATABASE_URL: relay.url });
    const arm = async () => {
      armed = true;
    };
    return { session, arm };
  };
  const makeStale = () =>
    install.query('update migration.discovery_flows set progress_percentage = 7 where flow_id = $1', [ids[1]]);
  const journalled = async () => (await install.query('select id from flowmend.journal')).map(({ id }) => id);

  test('lost: the batch is in the outcome, with its receipt', async () => {
    const { session, arm } = await breakingAt('with recursive turns');
    const plan = await planMany(session, ids);
    await makeStale();
    const outcome = await applyMany(session, plan, { ...agreed, beforehand: secondTime(arm) });
    expect(outcome).toMatchObject({ kind: 'broken', applied: FLOWS - 1, left: 1, failure: { code: 'no-connection' } });
    expect(outcome.receipts).toEqual(await journalled());
    expect(outcome.receipts).toHaveLength(1);
  });

  test('ended by a person: the same, and nothing says that nothing was written', async () => {
    const ending = new AbortController();
    const { session, arm } = await breakingAt('with recursive turns', () => ending.abort());
    const plan = await planMany(session, ids);
    await makeStale();
    const until = sessionUntil(session, ending.signal);
    const outcome = await applyMany(until, plan, { ...agreed, beforehand: secondTime(arm) });
    expect(outcome).toMatchObject({ kind: 'broken', applied: FLOWS - 1, left: 1, failure: { code: 'cancelled' } });
    expect(outcome.receipts).toEqual(await journalled());
    expect(JSON.stringify(outcome)).not.toMatch(/nothing was written/i);
  });

  test('a batch that had to be divided: the half that was committed stays in the outcome', async () => {
    await install.query(`
      create function migration.never() returns trigger language plpgsql as
        $$ begin if new.flow_id = '${ids.at(-1)}' then raise exception 'not this one'; end if; return new; end $$;
      create trigger never before update on migration.discovery_flows for each row execute function migration.never()`);
    let transactions = 0;
    relay = await openRelay(install.url, (near, far) => {
      far.pipe(near);
      near.on('data', (chunk) => {
        if (chunk.includes('set constraints all immediate; ')) transactions += 1;
        // The whole, the first half, and the second.
        if (transactions === 3) near.destroy();
        else far.write(chunk);
      });
    });
    const session = await install.session({ FLOWMEND_DATABASE_URL: relay.url });
    const outcome = await applyMany(session, await planMany(session, ids), agreed);
    expect(outcome).toMatchObject({ kind: 'broken', applied: FLOWS / 2, left: FLOWS / 2 });
    expect(outcome.receipts).toEqual(await journalled());
    expect(outcome.receipts).toHaveLength(1);
  });

  test('an undo of a run that breaks between two receipts: the outcome has the first', async () => {
    const { session, arm } = await breakingAt('from flowmend.journal j');
    const plan = await planMany(session, ids, { batchSize: FLOWS / 2 });
    await applyMany(session, plan, { ...agreed, lanes: 1 });
    const draft = await draftRunUndo(session, plan.hash);
    const outcome = await undoRun(session, draft, { ...agreed, between: () => arm().then(() => 'go on') });
    expect(outcome).toMatchObject({
      kind: 'broken',
      applied: FLOWS / 2,
      left: FLOWS / 2,
      failure: { code: 'no-connection', message: expect.not.stringContaining('Nothing was written') },
    });
    const undos = await install.query('select id from flowmend.journal where undoes is not null');
    expect(outcome.receipts).toEqual(undos.map(({ id }) => id));
  });
});

/** What is called before the journal is made ready, and before the first batch: done the second time. */
function secondTime(work: () => Promise<void>): () => Promise<void> {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls === 2) await work();
  };
}
