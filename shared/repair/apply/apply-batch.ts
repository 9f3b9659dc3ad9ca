import type { Transaction } from '../../database/sql/reader.ts';
import { Failure } from '../../failure.ts';
import type { WriteSession } from '../../session.ts';
import { type FailedFlow, failed, halvesOf, takenBackBy } from '../document/failed-flow.ts';
import type { Plan } from '../document/plan.ts';
import type { PlanPart } from '../document/plan-part.ts';
import { commitReceipt } from '../journal/commit-receipt.ts';
import type { Receipt } from '../journal/journal.ts';
import { prepareReceipt } from '../journal/journal-file.ts';
import { appliedFlows, type JournalPlace } from '../journal/journal-place.ts';
import { refuseBeyondWriter } from '../journal/receipt-problem.ts';
import { leftUnwritten } from '../run/left-unwritten.ts';
import type { Held } from '../run/lock-rows.ts';
import { columnsNotRestoredIn, type NotRestoredColumn } from '../run/not-restored.ts';
import { Recorded, recordReceipt } from '../run/record-receipt.ts';
import { refusedWrite } from '../run/refused-write.ts';
import { type Keeping, type PartRun, runPart } from '../run/run-plan.ts';

/** What became of some flows. */
export interface Batch {
  readonly applied: readonly string[];
  /** Flows that somebody else, with the same plan, applied first. */
  readonly before: readonly string[];
  readonly failed: readonly FailedFlow[];
  readonly receipts: readonly string[];
  /** Of an undo: columns that something of the install sets on every write. */
  readonly notRestored: readonly NotRestoredColumn[];
}

/** What the parts of one plan are applied with. */
export interface Applying {
  readonly session: WriteSession;
  readonly place: JournalPlace;
  readonly plan: Plan;
  readonly reason: string | null;
  part(flows: readonly string[]): PlanPart;
  /** The position of a flow in the plan. */
  position(flowId: string): number;
}

/**
 * Applies some flows of a plan in one transaction, or in several where one of them keeps the others from being written. A flow
 * that is stale, held by another session, rejected by the database or not mended by its repair is left as it was and told.
 * What was committed is yielded before anything else is asked: no failure later on loses it.
 * @throws Failure where the trouble is not one of a flow: the connection, rights, `outcome-unknown`, `journal-unmarked`
 */
export async function* applyBatch(
  applying: Applying,
  flows: readonly string[],
  held: Held = 'wait',
): AsyncGenerator<Batch, void, void> {
  if (flows.length === 0) return;
  let ran: Transacted;
  try {
    ran = await transact(applying, flows, held);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    // Somebody holds one of the rows for longer than we may wait: the others are mended without it.
    if (thrown.code === 'lock-timeout' && held === 'wait') return yield* applyBatch(applying, flows, 'skip');
    const refusal = refusedWrite(applying.session.catalog, thrown);
    if (refusal !== undefined) return yield* applyApart(applying, flows, held, refusal);
    throw thrown;
  }
  const { problems } = ran.run;
  if (problems.length === 0) return yield* settled(applying, flows, ran);
  const bad = failures(problems.map(({ flowId, what }) => [flowId, 'not verified', what]));
  yield { ...NOTHING, failed: bad };
  const rest = flows.filter((flowId) => !bad.some((one) => one.flowId === flowId));
  yield* applyBatch(applying, rest, held);
}

const NOTHING: Batch = { applied: [], before: [], failed: [], receipts: [], notRestored: [] };

interface Transacted {
  readonly run: PartRun;
  readonly recorded: Recorded | null;
  readonly unmarked: Failure | undefined;
}

/** Runs the flows in one transaction that commits with its receipt, or not at all. */
async function transact(applying: Applying, flows: readonly string[], held: Held): Promise<Transacted> {
  const { session, plan, place, reason, part, position } = applying;
  const record: Keeping['record'] = (written, journal) =>
    recordReceipt({ plan, batch: position(flows[0] ?? ''), flows: written, reason }, journal);
  // Whether an undo restored everything is seen in what it changed, too.
  const answered = plan.kind === 'undo' || place.kind === 'file' ? 'changes' : 'nothing';
  const keeping: Keeping = place.kind === 'table' ? { answered, record } : { answered };
  const { value, end, unmarked } = await commitReceipt(session, place, async (transaction) => {
    if (place.kind === 'table') await refuseBeyondWriter(session, transaction, plan);
    const ran = await runPart(session, transaction, part(flows), keeping, held);
    if (ran.problems.length > 0) return { receipt: null, value: { run: ran, recorded: null } };
    const kept = place.kind === 'table' ? ran.recorded : await filed(applying, place.path, transaction, flows, ran);
    const recorded = Recorded.nullable().parse(kept);
    return { receipt: recorded?.id ?? null, value: { run: ran, recorded } };
  });
  if (end === 'found aborted') throw lostBeforeCommit();
  return { ...value, unmarked };
}

function lostBeforeCommit(): Failure {
  return new Failure('no-connection', 'The connection broke before a commit; PostgreSQL rolled that batch back.', {
    next: 'Apply the same plan again: it goes on with the flows that are left.',
  });
}

async function filed(
  { plan, reason }: Applying,
  path: string,
  transaction: Transaction,
  flows: readonly string[],
  run: PartRun,
): Promise<Receipt | null> {
  const { changes } = run;
  if (changes.length === 0) return null;
  const unwritten = new Set(leftUnwritten(run).map(({ flowId }) => flowId));
  const written = flows.filter((flowId) => !unwritten.has(flowId));
  return prepareReceipt(path, plan.database, transaction, { ...plan, flows: written }, changes, reason);
}

/** What became of each flow of a run that was committed, or that had nothing to commit. */
async function* settled(
  { session, plan, place }: Applying,
  flows: readonly string[],
  { run, recorded, unmarked }: Transacted,
): AsyncGenerator<Batch, void, void> {
  const applied = new Set(recorded?.flows ?? []);
  const notRestored = columnsNotRestoredIn(run.notRestored);
  if (recorded) yield { ...NOTHING, applied: [...applied], receipts: [recorded.id], notRestored };
  if (unmarked) throw unmarked;
  const rest = flows.filter((flowId) => !applied.has(flowId));
  if (rest.length === 0) return;
  const left = new Map(leftUnwritten(run).map((one) => [one.flowId, one]));
  // What is stale here may be so because another run of this very plan was faster.
  const { standing, takenBack } = await appliedFlows(session, place, plan.hash);
  yield {
    ...NOTHING,
    before: rest.filter((flowId) => standing.has(flowId)),
    failed: rest
      .filter((flowId) => !standing.has(flowId))
      .map((flowId) =>
        takenBack.has(flowId)
          ? takenBackBy(flowId, takenBack.get(flowId))
          : (left.get(flowId) ?? { flowId, kind: 'stale', why: 'its rows changed' }),
      ),
  };
}

/** One of these flows is rejected: halves find out which, each half in a transaction of its own. */
async function* applyApart(
  applying: Applying,
  flows: readonly string[],
  held: Held,
  why: string,
): AsyncGenerator<Batch, void, void> {
  const [flowId, ...others] = flows;
  if (flowId !== undefined && others.length === 0) {
    return yield { ...NOTHING, failed: [failed(flowId, 'rejected', why)] };
  }
  for (const half of halvesOf(flows)) yield* applyBatch(applying, half, held);
}

function failures(all: readonly (readonly [string, FailedFlow['kind'], string])[]): FailedFlow[] {
  const byFlow = Map.groupBy(all, ([flowId]) => flowId);
  return [...byFlow].map(([flowId, some]) => ({
    flowId,
    kind: some[0]?.[1] ?? 'not verified',
    why: some.map(([, , why]) => why).join('; '),
  }));
}
