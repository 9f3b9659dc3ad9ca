import { Failure } from '../../failure.ts';
import type { WriteSession } from '../../session.ts';
import { undoOf } from '../check/plan-undo.ts';
import type { FailedFlow } from '../document/failed-flow.ts';
import { type Plan, seal } from '../document/plan.ts';
import type { Receipt } from '../journal/journal.ts';
import { takenBackOf } from '../journal/journal-place.ts';
import { type WithinWriter, withinWriter } from '../journal/receipt-problem.ts';
import { refuseTakenBack } from '../journal/taken-back.ts';
import { type ManyPreview, previewMany } from '../preview/preview-many.ts';
import { type Drift, driftOf } from '../run/drift.ts';
import type { NotRestoredColumn } from '../run/not-restored.ts';
import { staleRows } from '../run/write-rows.ts';

/** What an undo can take back now of the flows that are meant. */
export interface UndoDraft {
  /** Undefined where none of the flows can be taken back. */
  readonly plan: Plan | undefined;
  /** What changed since, of flows that are no part of the plan: they are left as they are. */
  readonly changed: readonly Drift[];
  /** Flows that failed when they were tried out, and are no part of the plan either: held, rejected, not restored. */
  readonly failed: readonly FailedFlow[];
  /**
   * Columns that would not be as they were, since something of the install sets them on every write. Of one flow its
   * preview says it.
   */
  readonly notRestored: readonly NotRestoredColumn[];
  /** Columns that stay as they are, since whoever wrote the receipt may not update them. */
  readonly beyondWriter: readonly string[];
}

/**
 * Plans the way back of some flows of a receipt, or of all that were not taken back yet. Of several flows those whose rows
 * changed since, and those that fail when it is tried out, are left out and told; of one alone it is the preview that says so.
 * @throws Failure `usage` where there is nothing to take back, or a flow is none of the receipt; `receipt-refused`
 */
export async function draftUndo(
  session: WriteSession,
  receipt: Receipt,
  flows?: readonly string[],
): Promise<UndoDraft> {
  await refuseTakenBack(session, receipt);
  return draftOf(session, await withinWriter(session, receipt), flows);
}

async function draftOf(session: WriteSession, within: WithinWriter, flows?: readonly string[]): Promise<UndoDraft> {
  const { receipt, beyondWriter } = within;
  const before = await takenBackOf(session, receipt);
  const wanted = flows ?? receipt.flows.filter((flowId) => !before.has(flowId));
  for (const flowId of wanted) refuseFlow(receipt, flowId, before);
  if (wanted.length > 1) return tried(session, within, wanted);
  return { plan: seal(undoOf(session, receipt, wanted)), changed: [], failed: [], notRestored: [], beyondWriter };
}

/** The same of flows that were not taken back yet, however few: what cannot be taken back now is left out. */
export async function draftTried(
  session: WriteSession,
  receipt: Receipt,
  flows: readonly string[],
): Promise<UndoDraft> {
  await refuseTakenBack(session, receipt);
  return tried(session, await withinWriter(session, receipt), flows);
}

async function tried(
  session: WriteSession,
  { receipt, beyondWriter }: WithinWriter,
  flows: readonly string[],
): Promise<UndoDraft> {
  const planOf = (some: readonly string[]) => seal(undoOf(session, receipt, some));
  const { steps } = undoOf(session, receipt, flows);
  const changed = driftOf(session.catalog, steps, await staleRows(session.primary, session.catalog, steps));
  const left = new Set(changed.map(({ flowId }) => flowId));
  const rest = flows.filter((flowId) => !left.has(flowId));
  const { failed, notRestored = [] } = rest.length === 0 ? NOTHING : await previewMany(session, planOf(rest));
  const failing = new Set(failed.map(({ flowId }) => flowId));
  const held = rest.filter((flowId) => !failing.has(flowId));
  return { plan: held.length === 0 ? undefined : planOf(held), changed, failed, notRestored, beyondWriter };
}

const NOTHING: Pick<ManyPreview, 'failed' | 'notRestored'> = { failed: [] };

/**
 * The flows of a receipt that are named, each by its id or a prefix that only it has there.
 * @throws Failure `usage`
 */
export function flowsOfReceipt({ id, flows }: Receipt, named: readonly string[]): readonly string[] {
  const found = named.map((typed) => {
    const prefix = typed.trim().toLowerCase();
    const [flowId, ...others] = prefix === '' ? [] : flows.filter((one) => one.startsWith(prefix));
    if (flowId !== undefined && others.length === 0) return flowId;
    const why = flowId === undefined ? 'is no flow of' : 'is the beginning of several flows of';
    throw new Failure('usage', `"${typed}" ${why} receipt ${id}.`, {
      next: '`flowmend journal --json` lists the flows of each receipt.',
    });
  });
  return [...new Set(found)];
}

function refuseFlow({ id, flows }: Receipt, flowId: string, before: ReadonlySet<string>): void {
  const why = before.has(flowId)
    ? `was taken back already from receipt ${id}`
    : flows.includes(flowId)
      ? undefined
      : `is no flow of receipt ${id}`;
  if (why !== undefined) throw new Failure('usage', `Flow ${flowId} ${why}.`);
}
