import { z } from 'zod';
import type { Trial } from '../../database/sql/reader.ts';
import { Failure } from '../../failure.ts';
import { refuseUnjudged } from '../../rules/judge/not-judged.ts';
import type { WriteSession } from '../../session.ts';
import { refuseForged } from '../check/check-plan.ts';
import { FailedFlow, failed, halvesOf } from '../document/failed-flow.ts';
import type { Plan } from '../document/plan.ts';
import type { PlanPart } from '../document/plan-part.ts';
import { partsOf } from '../document/plan-part.ts';
import { BATCH_SIZE } from '../plan/plan-many.ts';
import { leftUnwritten } from '../run/left-unwritten.ts';
import type { Held } from '../run/lock-rows.ts';
import { addedUp, columnsNotRestoredIn, NotRestoredColumn } from '../run/not-restored.ts';
import { refusedWrite } from '../run/refused-write.ts';
import { type PartRun, runPart } from '../run/run-plan.ts';
import { tryWayBack } from '../run/way-back.ts';

/** What undo cannot do about many flows. Absent: nothing of it was met. */
export const ManyWayBack = z.object({
  /** Columns that it does not bring back. */
  notRestored: z.array(NotRestoredColumn).optional(),
  /** The undo of so many flows does not work, for this reason. Without `of` it was tried for all of them together. */
  noWayBack: z.array(z.object({ flows: z.number(), why: z.string(), of: z.array(z.string()).optional() })).optional(),
});
export type ManyWayBack = z.infer<typeof ManyWayBack>;

/** What a plan of many flows would do. Counts are flows. Of an undo, `notRestored` is what it does not bring back itself. */
export const ManyPreview = ManyWayBack.extend({ total: z.number(), ran: z.number(), failed: z.array(FailedFlow) });
export type ManyPreview = z.infer<typeof ManyPreview>;

/**
 * Runs a plan of many flows batch by batch, each in a transaction that is rolled back: no row is held longer than its
 * batch takes. What would fail is told flow by flow, as applying it would.
 * @throws Failure of the connection, `no-rights`; `plan-forged`
 */
export async function previewMany(
  session: WriteSession,
  plan: Plan,
  onProgress: (tried: number, all: number) => void = () => {},
): Promise<ManyPreview> {
  refuseUnjudged(session, plan.kind);
  await refuseForged(plan, session);
  const { flows: all, part } = partsOf(plan);
  const size = plan.batchSize ?? BATCH_SIZE;
  let tried = NOTHING;
  for (let at = 0; at < all.length; at += size) {
    tried = together(tried, await tryOut({ session, part }, all.slice(at, at + size)));
    onProgress(Math.min(at + size, all.length), all.length);
  }
  const { notRestored, noWayBack } = tried;
  return {
    total: all.length,
    ran: all.length - tried.failed.length,
    failed: [...tried.failed],
    ...(notRestored.length > 0 ? { notRestored: [...notRestored] } : {}),
    ...(noWayBack.length > 0 ? { noWayBack: [...noWayBack] } : {}),
  };
}

interface Trying {
  readonly session: WriteSession;
  part(flows: readonly string[]): PlanPart;
}

/** What came of trying some flows out. */
interface Tried {
  readonly failed: readonly FailedFlow[];
  readonly notRestored: readonly NotRestoredColumn[];
  readonly noWayBack: NonNullable<ManyWayBack['noWayBack']>;
}

const NOTHING: Tried = { failed: [], notRestored: [], noWayBack: [] };

function together(a: Tried, b: Tried): Tried {
  return {
    failed: [...a.failed, ...b.failed],
    notRestored: addedUp([...a.notRestored, ...b.notRestored]),
    noWayBack: reasonsTogether([...a.noWayBack, ...b.noWayBack]),
  };
}

/** Each reason once: of flows that are known, and of those that were only tried together. */
function reasonsTogether(all: Tried['noWayBack']): Tried['noWayBack'] {
  const reasons = Map.groupBy(all, ({ why, of }) => JSON.stringify([why, of !== undefined]));
  return [...reasons.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const flows = others.reduce((sum, one) => sum + one.flows, first.flows);
    return [{ ...first, flows, ...(first.of ? { of: [first, ...others].flatMap(({ of = [] }) => of) } : {}) }];
  });
}

/** Tries a batch out, and its way back right after it. Where the database rejects a flow, halves find out which. */
async function tryOut(trying: Trying, flows: readonly string[], held: Held = 'wait'): Promise<Tried> {
  const { session, part } = trying;
  try {
    return await session.writer.trial(async (transaction) => {
      const batch = part(flows);
      const run = await runPart(session, transaction, batch, { answered: 'changes' }, held);
      const tried = { ...NOTHING, failed: failuresOf(run) };
      if (batch.kind === 'undo') return { ...tried, notRestored: columnsNotRestoredIn(run.notRestored) };
      return { ...tried, ...(await wayBackOf(session, transaction, run)) };
    });
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'lock-timeout' && held === 'wait') {
      return tryOut(trying, flows, 'skip');
    }
    const why = refusedWrite(session.catalog, thrown);
    if (why === undefined) throw thrown;
    const [flowId, ...others] = flows;
    if (flowId !== undefined && others.length === 0) return { ...NOTHING, failed: [failed(flowId, 'rejected', why)] };
    const [first, second] = halvesOf(flows);
    return together(await tryOut(trying, first, held), await tryOut(trying, second, held));
  }
}

/** Of the flows that ran. A flow of which something was not mended will not be written: its way back is not asked. */
async function wayBackOf(session: WriteSession, trial: Trial, { changes, problems }: PartRun): Promise<Partial<Tried>> {
  const bad = new Set(problems.map(({ flowId }) => flowId));
  const written = changes.filter(({ flowId }) => !bad.has(flowId));
  if (written.length === 0) return {};
  const wayBack = await tryWayBack(session, trial, written);
  if (wayBack.kind === 'none') {
    const { why, of } = wayBack;
    const tried = new Set(written.map(({ flowId }) => flowId));
    return { noWayBack: [{ flows: of?.length ?? tried.size, why, ...(of ? { of } : {}) }] };
  }
  return wayBack.kind === 'in part' ? { notRestored: columnsNotRestoredIn(wayBack.notRestored) } : {};
}

function failuresOf(run: PartRun): FailedFlow[] {
  const left = leftUnwritten(run);
  const problems = run.problems.map(({ flowId, what }) => failed(flowId, 'not verified', what));
  return [...new Map([...left, ...problems].map((one) => [one.flowId, one])).values()];
}
