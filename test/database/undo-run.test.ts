import { afterEach, beforeEach, expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import type { ManyOutcome } from '../../shared/repair/apply/many-outcome.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import { runId } from '../../shared/repair/document/run-id.ts';
import { receiptById, receipts } from '../../shared/repair/journal/journal-place.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { draftRunUndo, undoRun } from '../../shared/repair/undo/undo-run.ts';
import { undoTarget } from '../../shared/repair/undo/undo-target.ts';
import { sessionUntil, type WriteSession } from '../../shared/session.ts';
import { broken } from '../soak/broken-flows.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';

const FLOWS = 7;
const agreed = { createJournal: true };

let install: Install;
let session: WriteSession;
let environment: Record<string, string>;
let ids: string[];
let before: unknown;
let plan: Plan;
let made: ManyOutcome;
let run: string;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = Array.from({ length: FLOWS }, () => broken(variant));
    ids = flows.map((one) => one.flowId);
    return flows;
  });
  environment = { FLOWMEND_DATABASE_URL: install.url };
  session = await install.session();
  before = await install.everyRow();
  plan = await planMany(session, ids, { batchSize: 3 });
  made = await applyMany(session, plan, agreed);
  run = runId(plan.hash);
  expect(made.receipts).toHaveLength(3);
});
afterEach(() => install.close());

test('one command takes a whole run back; once it is, it says what mends it again', async () => {
  const listed = await flowmend(['journal'], environment);
  expect(listed.stdout.match(new RegExp(`run ${run}`, 'g'))).toHaveLength(3);
  const undone = await flowmend(['undo', run, '--yes'], environment);
  expect(undone.stdout).toContain(`Takes back ${FLOWS} flows of run ${run}, 3 receipts`);
  expect(undone.stdout).toContain(`✔ ${FLOWS} of ${FLOWS} flows taken back`);
  expect(undone.code).toBe(0);
  expect(await install.everyRow()).toEqual(before);
  const again = await flowmend(['undo', run, '--yes'], environment);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('All of this run was taken back already.');
  for (const { id } of (await receipts(session, { limit: 9 })).filter(({ kind }) => kind === 'undo')) {
    expect(again.stderr).toContain(`flowmend undo ${id}`);
  }
});

test('a flow that changed since is left and told, the others are taken back, in JSON too', async () => {
  const [touched = ''] = ids;
  await install.query(`update migration.discovery_flows set status = 'paused' where flow_id = $1`, [touched]);
  const { stdout, code } = await flowmend(['undo', run, '--yes', '--json'], environment);
  expect(JSON.parse(stdout)).toMatchObject({
    run,
    outcome: { kind: 'done', planHash: plan.hash, applied: FLOWS - 1, left: 0 },
    changed: [{ flowId: touched, column: 'status', planned: 'waiting_for_approval', now: 'paused' }],
  });
  expect(code).toBe(7);
  const { standing, parts } = await draftRunUndo(session, plan.hash);
  expect([standing, parts]).toEqual([1, []]);
  const none = await flowmend(['undo', run, '--yes'], environment);
  expect(none.code).toBe(4);
  expect(none.stdout).toMatch(/discovery_flows\.status[\s\S]*paused/);
});

test('ended between two receipts, the same undo goes on; what was mended again is taken back again', async () => {
  const draft = await draftRunUndo(session, plan.hash);
  const first = await undoRun(session, draft, { ...agreed, between: async () => 'stop' });
  expect(first).toMatchObject({ kind: 'interrupted', receipts: [expect.any(String)] });
  expect(first.applied + first.left).toBe(FLOWS);
  // The one that was taken back is mended again: it stands by the receipt of that.
  const redo = await flowmend(['undo', first.receipts[0] ?? '', '--yes'], environment);
  expect(redo.code).toBe(0);
  const rest = await draftRunUndo(session, plan.hash);
  expect(rest).toMatchObject({ standing: FLOWS, flows: FLOWS });
  expect(await undoRun(session, rest, agreed)).toMatchObject({ kind: 'done', applied: FLOWS, left: 0, failed: [] });
  expect(await install.everyRow()).toEqual(before);
});

test('cancelled while the next receipt is read, it says what was taken back until then', async () => {
  const draft = await draftRunUndo(session, plan.hash);
  const cancelling = new AbortController();
  const outcome = await undoRun(sessionUntil(session, cancelling.signal), draft, {
    ...agreed,
    async between() {
      cancelling.abort(new Failure('cancelled', 'You cancelled it.'));
      return 'go on';
    },
  });
  const why = 'It was ended. What was written until then stands.';
  expect(outcome).toMatchObject({ kind: 'broken', why, failure: { code: 'cancelled' } });
  expect(outcome.receipts).toHaveLength(1);
  expect([outcome.applied + outcome.left, outcome.applied > 0]).toEqual([FLOWS, true]);
});

test('cancelled before the first receipt, it says that nothing was written', async () => {
  const asMade = await install.everyRow();
  const draft = await draftRunUndo(session, plan.hash);
  const cancelled = AbortSignal.abort(new Failure('cancelled', 'You cancelled it.'));
  await expect(undoRun(sessionUntil(session, cancelled), draft, agreed)).rejects.toMatchObject({
    code: 'cancelled',
    message: 'You cancelled it. Nothing was written.',
  });
  expect(await install.everyRow()).toEqual(asMade);
});

test('columns that a trigger sets on every write: told before, and restored in part after, exit 7', async () => {
  await install.query(`
    create function migration.touch() returns trigger language plpgsql as
      $$ begin new.updated_at := clock_timestamp(); return new; end $$;
    create trigger touch before update on migration.discovery_flows for each row execute function migration.touch()`);
  const undone = await flowmend(['undo', run, '--yes'], environment);
  const columns = 'all but discovery_flows.updated_at, which a trigger sets on every write';
  expect(undone.stdout).toContain(`Restores ${columns}`);
  expect(undone.stdout).toContain(`restored in part: ${columns}`);
  expect(undone.code).toBe(7);
});

test('a receipt or a run is named by its first digits; what could be several lists them', async () => {
  const [one = ''] = made.receipts;
  expect(await undoTarget(session, one.slice(0, 13))).toMatchObject({ kind: 'receipt', receipt: { id: one } });
  expect(await undoTarget(session, plan.hash.slice(0, 5))).toMatchObject({ kind: 'run', planHash: plan.hash });
  await expect(undoTarget(session, '')).rejects.toMatchObject({ code: 'unknown-receipt' });
  await expect(undoTarget(session, 'zz')).rejects.toMatchObject({ code: 'unknown-receipt' });
  // Two receipts and the run begin alike.
  await install.query(
    `update flowmend.journal set id = (left(plan_hash, 6) || substr(id::text, 7))::uuid where id = any($1::uuid[])`,
    [made.receipts.slice(0, 2)],
  );
  const ambiguous = await flowmend(['undo', plan.hash.slice(0, 6), '--yes'], environment);
  expect(ambiguous.code).toBe(2);
  expect(ambiguous.stderr).toContain('begins the names of 3 in the journal');
  expect(ambiguous.stderr).toContain(`run ${plan.hash.slice(0, 10)} (3 receipts)`);
  expect(ambiguous.stderr).toContain(`receipt ${plan.hash.slice(0, 6)}`);
  const single = await flowmend(['undo', run, ids[0] ?? '', '--yes'], environment);
  expect(single.code).toBe(2);
  expect(await receiptById(session, made.receipts[2] ?? '')).toMatchObject({ undoneBy: null });
});
