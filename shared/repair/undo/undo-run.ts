import { Failure } from '../../failure.ts';
import type { WriteSession } from '../../session.ts';
import { ways } from '../../words/ways.ts';
import { type ApplyManyOptions, applyFlows } from '../apply/apply-many.ts';
import { brokenBy } from '../apply/broken-run.ts';
import type { ManyOutcome, ManyProgress } from '../apply/many-outcome.ts';
import { undoOf } from '../check/plan-undo.ts';
import type { FailedFlow } from '../document/failed-flow.ts';
import { type Plan, seal } from '../document/plan.ts';
import { appliedFlows, IN_THE_TABLE, isReadable, receiptById } from '../journal/journal-place.ts';
import { otherServerOf } from '../journal/receipt-origin.ts';
import { withinWriter } from '../journal/receipt-problem.ts';
import type { Drift } from '../run/drift.ts';
import { addedUp, columnsLeftOut, columnsNotRestoredIn, type NotRestoredColumn } from '../run/not-restored.ts';
import { writing } from '../run/saying-what-was-written.ts';
import { draftTried, type UndoDraft } from './draft-undo.ts';

/** One receipt of a run with the flows of it that are taken back. */
interface Part {
  readonly receipt: string;
  readonly flows: readonly string[];
}

/** What taking a whole run back would do. Counts are flows. */
export interface RunDraft {
  readonly planHash: string;
  readonly parts: readonly Part[];
  readonly flows: number;
  /** Those of the run that stand, the ones that cannot be taken back now among them. */
  readonly standing: number;
  readonly changed: readonly Drift[];
  readonly failed: readonly FailedFlow[];
  readonly notRestored: readonly NotRestoredColumn[];
  readonly beyondWriter: readonly string[];
  /** The undo of the first part, for what is asked before a write. Undefined where nothing can be taken back. */
  readonly plan: Plan | undefined;
  /** Another server than this one made the receipts. */
  readonly otherServer: string | undefined;
}

/**
 * Tries out the undo of every receipt of a run that still stands, one after the other; all is rolled back.
 * @throws Failure `unknown-receipt`; `usage` where all of it was taken back; of the connection
 */
export async function draftRunUndo(
  session: WriteSession,
  planHash: string,
  onProgress: (tried: number, all: number) => void = () => {},
): Promise<RunDraft> {
  const standing = await standingParts(session, planHash);
  const all = standing.reduce((sum, { flows }) => sum + flows.length, 0);
  const parts: Part[] = [];
  const drafts: Omit<UndoDraft, 'plan'>[] = [];
  let plan: Plan | undefined;
  let otherServer: string | undefined;
  let tried = 0;
  for (const part of standing) {
    const receipt = await receiptById(session, part.receipt);
    const draft = await draftTried(session, receipt, part.flows);
    // Of the plans only the first is kept: all of them would be hundreds of megabytes.
    plan ??= draft.plan;
    otherServer ??= otherServerOf(session, receipt);
    const { plan: _, ...rest } = draft;
    drafts.push(rest);
    if (draft.plan) parts.push({ receipt: part.receipt, flows: draft.plan.flows });
    tried += part.flows.length;
    onProgress(tried, all);
  }
  return {
    planHash,
    parts,
    flows: parts.reduce((sum, { flows }) => sum + flows.length, 0),
    standing: all,
    changed: drafts.flatMap(({ changed }) => changed),
    failed: drafts.flatMap(({ failed }) => failed),
    notRestored: addedUp(drafts.flatMap(({ notRestored }) => notRestored)),
    beyondWriter: [...new Set(drafts.flatMap(({ beyondWriter }) => beyondWriter))],
    plan,
    otherServer,
  };
}

const NO_TABLE = { kind: 'table', state: 'missing' } as const;

/** The receipts whose flows are as they left them: of the run, or of what mended it again after an undo. The newest first. */
async function standingParts(session: WriteSession, planHash: string): Promise<Part[]> {
  const place = (await isReadable(session)) ? IN_THE_TABLE : NO_TABLE;
  const { standing, takenBack } = await appliedFlows(session, place, planHash);
  const byReceipt = Map.groupBy(standing, ([, receipt]) => receipt);
  if (byReceipt.size === 0) {
    const undos = [...new Set(takenBack.values())];
    if (undos.length === 0) throw new Failure('unknown-receipt', `No run ${planHash} is in the journal.`);
    throw new Failure('usage', 'All of this run was taken back already.', {
      next: `To mend it again as it was, take back what took it back: ${undos.map((id) => ways().undo(id)).join('; ')}`,
    });
  }
  return [...byReceipt].map(([receipt, some]) => ({ receipt, flows: some.map(([flowId]) => flowId) })).reverse();
}

export type UndoRunOptions = Pick<ApplyManyOptions, 'reason' | 'name' | 'server' | 'createJournal' | 'between'>;

/**
 * Takes a run back, receipt by receipt, each in one transaction with a receipt of its own. A flow whose rows changed, that is
 * held or rejected is left as it is and told. What ends it in between leaves the other receipts standing: the same undo
 * goes on with them.
 * @throws Failure of the connection and the like, before the first receipt; later it is the outcome, with what was done
 */
export function undoRun(session: WriteSession, draft: RunDraft, options: UndoRunOptions): Promise<ManyOutcome> {
  return writing(() => undone(session, draft, options));
}

async function undone(session: WriteSession, draft: RunDraft, options: UndoRunOptions): Promise<ManyOutcome> {
  const { planHash, parts, flows } = draft;
  const sum: ManyOutcome = {
    kind: 'done',
    why: null,
    planHash,
    total: flows,
    applied: 0,
    before: 0,
    failed: [],
    left: flows,
    receipts: [],
  };
  const began = performance.now();
  for (const part of parts) {
    let one: ManyOutcome;
    try {
      one = await undonePart(session, part, options);
    } catch (thrown) {
      if (sum.receipts.length === 0) throw thrown;
      return { ...sum, ...brokenBy(thrown) };
    }
    if (one.kind === 'refused')
      return { ...sum, ...(sum.applied === 0 ? { kind: 'refused' } : { kind: 'stopped' }), why: one.why };
    added(sum, one);
    if (one.kind === 'broken')
      return { ...sum, kind: 'broken', why: one.why, ...(one.failure ? { failure: one.failure } : {}) };
    const { between } = options;
    if (sum.left > 0 && (await between?.(progressOf(sum, began))) === 'stop') return { ...sum, kind: 'interrupted' };
  }
  return sum;
}

/** Takes back what one receipt of the run did. */
async function undonePart(
  session: WriteSession,
  { receipt: id, flows }: Part,
  { between: _, ...consent }: UndoRunOptions,
): Promise<ManyOutcome> {
  const receipt = await receiptById(session, id);
  const plan = seal(undoOf(session, (await withinWriter(session, receipt)).receipt, flows));
  const one = await applyFlows(session, plan, { ...consent, batchSize: flows.length, lanes: 1, stopAtShare: 1 });
  const leftOut = one.applied === 0 ? [] : columnsNotRestoredIn(columnsLeftOut(session, receipt, plan));
  return leftOut.length === 0 ? one : { ...one, notRestored: addedUp([...(one.notRestored ?? []), ...leftOut]) };
}

function added(sum: ManyOutcome, one: ManyOutcome): void {
  sum.applied += one.applied;
  sum.before += one.before;
  sum.failed.push(...one.failed);
  sum.receipts.push(...one.receipts);
  sum.left -= one.applied + one.before + one.failed.length;
  const notRestored = addedUp([...(sum.notRestored ?? []), ...(one.notRestored ?? [])]);
  if (notRestored.length > 0) sum.notRestored = notRestored;
}

function progressOf(sum: ManyOutcome, began: number): ManyProgress {
  const flowsPerSecond = (sum.total - sum.left) / Math.max(0.001, (performance.now() - began) / 1000);
  return { ...sum, canary: false, flowsPerSecond, secondsLeft: sum.left / Math.max(0.001, flowsPerSecond) };
}
