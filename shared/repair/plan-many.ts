import { readFlows } from '../diagnose/read-flow.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { type Plan, seal } from './plan.ts';
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
  /** Master record -> the flows that it is the master of. */
  const owners = new Map<string, readonly string[]>();
  for (let start = 0; start < wanted.length; start += READ_AT_ONCE) {
    const some = wanted.slice(start, start + READ_AT_ONCE);
    const facts = await readFlows(session.primary, session, some);
    const byId = new Map(facts.map((one) => [one.row.flow_id, one]));
    for (const flowId of some) {
      const known = byId.get(flowId);
      if (!known) continue;
      drafts.push(draftRepair(session, known, options));
      const master = known.row.master_id;
      if (master !== null) owners.set(master, [...(owners.get(master) ?? []), flowId]);
    }
    onProgress?.(Math.min(start + READ_AT_ONCE, wanted.length), wanted.length);
  }
  if (drafts.length === 0) throw new Failure('unknown-flow', 'None of these flows exists.');
  return seal({ ...repairOf(session, apart(drafts, owners)), ...(chosenBy ? { chosenBy } : {}), batchSize });
}

/**
 * Two flows of one plan must not meet in a row: one would rest on what the other changes. The later one is left out, with
 * the reason. A master that is several flows' is not written for any of them: which of them
 * it should agree with, only a person knows.
 */
function apart(drafts: readonly FlowDraft[], owners: ReadonlyMap<string, readonly string[]>): FlowDraft[] {
  /** Row -> the flow whose repair names it. */
  const taken = new Map<string, string>();
  return drafts.map((draft) => {
    const torn = draft.steps.find((step) => step.writes.length > 0 && (owners.get(step.key)?.length ?? 0) > 1);
    const others = owners.get(torn?.key ?? '')?.filter((flowId) => flowId !== draft.flowId);
    if (torn && others?.[0] !== undefined)
      return leftOut(draft, `its master record ${torn.key} is that of flow ${others[0]} too`);
    const met = draft.steps.find((step) => taken.has(step.key));
    const first = taken.get(met?.key ?? '');
    if (met && first) {
      const row = `its ${met.table.name} row ${met.key}`;
      return leftOut(draft, `${row} is part of the repair of flow ${first} too: plan it when that is applied`);
    }
    for (const { key } of draft.steps) taken.set(key, draft.flowId);
    return draft;
  });
}

function leftOut(draft: FlowDraft, why: string): FlowDraft {
  const left = draft.mends.map((one) => ({ ...one, reason: 'shared' as const, why, options: [] }));
  return { ...draft, mends: [], leftOut: [...draft.leftOut, ...left], steps: [] };
}
