import { refuseUnjudged } from '../diagnose/not-judged.ts';
import { type MasterKeys, masterKeysOf, sharedMasters } from '../diagnose/read/sharers.ts';
import { readFlows } from '../diagnose/read-flow.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { type Plan, type Step, seal } from './plan.ts';
import { draftRepair, type FlowDraft, type PlanOptions, repairOf } from './plan-repair.ts';
import { masterIsShared } from './shared-master.ts';

export interface PlanManyOptions extends PlanOptions {
  /** How the flows were found, in words. */
  readonly chosenBy?: string | undefined;
  /** Flows that are written in one transaction. */
  readonly batchSize?: number | undefined;
  /** Told of the flows planned so far. */
  readonly onProgress?: (planned: number, all: number) => void;
}

export const BATCH_SIZE = 1_000;

/** Flows read by one statement: PostgreSQL takes longer to plan it than to read a hundred. */
const READ_AT_ONCE = 500;

/** As many as the reader has connections: one more would wait for a connection, and be told that there is none. */
const READS_AT_ONCE = 2;

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
  refuseUnjudged(session);
  const wanted = [...new Set(flowIds)];
  const drafts: FlowDraft[] = [];
  /** Flow -> the master that its repair writes. */
  const written = new Map<string, MasterKeys>();
  let planned = 0;
  for await (const { some, facts } of readAhead(session, wanted)) {
    const byId = new Map(facts.map((one) => [one.row.flow_id, one]));
    for (const flowId of some) {
      const known = byId.get(flowId);
      if (!known) continue;
      const draft = draftRepair(session, known, options);
      drafts.push(draft);
      const master = masterStep(draft) ? masterKeysOf(known, session) : null;
      if (master) written.set(flowId, master);
    }
    planned += some.length;
    onProgress?.(planned, wanted.length);
  }
  if (drafts.length === 0) throw new Failure('unknown-flow', 'None of these flows exists.');
  const shared = await sharedMasters(session.primary, session, written);
  return seal({ ...repairOf(session, apart(drafts, shared), options), ...(chosenBy ? { chosenBy } : {}), batchSize });
}

/** What is known of the flows, some at a time: PostgreSQL reads the next ones while these are planned. */
async function* readAhead(session: Session, flowIds: readonly string[]) {
  const read = (start: number) => {
    const some = flowIds.slice(start, start + READ_AT_ONCE);
    const reading = readFlows(session.primary, session, some).then((facts) => ({ some, facts }));
    // It is awaited in a later turn; until then nobody else would see it fail.
    reading.catch(() => {});
    return reading;
  };
  const underWay: ReturnType<typeof read>[] = [];
  for (let start = 0; start < flowIds.length; start += READ_AT_ONCE) {
    underWay.push(read(start));
    if (underWay.length === READS_AT_ONCE) yield await (underWay.shift() as ReturnType<typeof read>);
  }
  for (const reading of underWay) yield await reading;
}

/**
 * Two flows of one plan must not meet in a row: one would rest on what the other changes. The later one is left out, with
 * the reason. A master that is several flows', of the plan or not, is not written for any of them.
 */
function apart(drafts: readonly FlowDraft[], shared: ReadonlyMap<string, string>): FlowDraft[] {
  /** Row -> the flow whose repair names it. */
  const taken = new Map<string, string>();
  return drafts.map((draft) => {
    const master = masterStep(draft);
    const other = shared.get(draft.flowId);
    if (master && other !== undefined) return leftOut(draft, masterIsShared(master.key, other));
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

/** The step that writes the master, where there is one. */
function masterStep({ steps }: FlowDraft): Step | undefined {
  return steps.find(({ record, writes }) => record === 'master' && writes.length > 0);
}

function leftOut(draft: FlowDraft, why: string): FlowDraft {
  const left = draft.mends.map((one) => ({ ...one, reason: 'shared' as const, why, options: [] }));
  return { ...draft, mends: [], leftOut: [...draft.leftOut, ...left], steps: [] };
}
