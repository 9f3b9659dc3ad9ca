import { readFlows } from '../diagnose/read-flow.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { type Plan, type Step, seal } from './plan.ts';
import { draftRepair, type FlowDraft, type PlanOptions, repairOf } from './plan-repair.ts';

export interface PlanManyOptions extends PlanOptions {
  /** How the flows were found, in words. */
  readonly chosenBy?: string | undefined;
  /** Flows that are written in one transaction. */
  readonly batchSize?: number | undefined;
  /** Told of the flows planned so far. */
  readonly onProgress?: (planned: number, all: number) => void;
}

export const BATCH_SIZE = 500;

/** Flows read by one statement. */
const READ_AT_ONCE = 250;

/**
 * Plans the repair of many flows as one plan. Exactly these flows, in this order: what else the fleet does meanwhile is no
 * part of it. A flow that is gone is not in the plan; one without anything to mend is, without a step.
 * @throws Failure `unknown-flow` where none of them exists; `usage` for a choice that a rule does not offer
 */
export async function planMany(
  session: Session,
  flowIds: readonly string[],
  { chosenBy, batchSize = BATCH_SIZE, onProgress, ...options }: PlanManyOptions = {},
): Promise<Plan> {
  const wanted = [...new Set(flowIds)];
  const drafts: FlowDraft[] = [];
  for (let start = 0; start < wanted.length; start += READ_AT_ONCE) {
    const some = wanted.slice(start, start + READ_AT_ONCE);
    const facts = await readFlows(session.reader, session, some);
    const byId = new Map(facts.map((one) => [one.row.flow_id, one]));
    for (const flowId of some) {
      const known = byId.get(flowId);
      if (known) drafts.push(draftRepair(session, known, options));
    }
    onProgress?.(Math.min(start + READ_AT_ONCE, wanted.length), wanted.length);
  }
  if (drafts.length === 0) throw new Failure('unknown-flow', 'None of these flows exists.');
  return seal({ ...repairOf(session, apart(drafts)), ...(chosenBy ? { chosenBy } : {}), batchSize });
}

/**
 * Two flows of one plan must not meet in a row that one of them writes: the second would rest on what the first changes.
 * The later one is left out, with the reason.
 */
function apart(drafts: readonly FlowDraft[]): FlowDraft[] {
  const taken = new Map<string, { flowId: string; written: boolean }>();
  return drafts.map((draft) => {
    const met = draft.steps.find((step) => {
      const other = taken.get(step.key);
      return other !== undefined && (other.written || step.writes.length > 0);
    });
    if (met) return leftForLater(draft, met, taken.get(met.key)?.flowId ?? '');
    for (const { key, writes } of draft.steps) taken.set(key, { flowId: draft.flowId, written: writes.length > 0 });
    return draft;
  });
}

function leftForLater(draft: FlowDraft, { table, key }: Step, other: string): FlowDraft {
  const why = `its ${table.name} row ${key} is part of the repair of flow ${other} too: plan it when that is applied`;
  const left = draft.mends.map((one) => ({ ...one, reason: 'shared' as const, why, options: [] }));
  return { ...draft, mends: [], leftOut: [...draft.leftOut, ...left], steps: [] };
}
