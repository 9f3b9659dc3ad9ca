import { readFlows } from '../../diagnose/read/read-flow.ts';
import { Failure } from '../../failure.ts';
import { refuseUnjudged } from '../../rules/judge/not-judged.ts';
import type { Session } from '../../session.ts';
import { type PlanMadeHere, sealMadeHere } from '../document/made-here.ts';
import type { PlanOptions } from '../document/plan-options.ts';
import { repairOf } from './plan-repair.ts';
import { type Drafted, draftedOf, separated } from './separated.ts';

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
): Promise<PlanMadeHere> {
  refuseUnjudged(session);
  const wanted = [...new Set(flowIds)];
  const drafted: Drafted[] = [];
  let planned = 0;
  for await (const { some, facts } of readAhead(session, wanted)) {
    const byId = new Map(facts.map((one) => [one.row.flow_id, one]));
    for (const flowId of some) {
      const known = byId.get(flowId);
      if (known) drafted.push(draftedOf(session, known, options));
    }
    planned += some.length;
    onProgress?.(planned, wanted.length);
  }
  if (drafted.length === 0) throw new Failure('unknown-flow', 'None of these flows exists.');
  const drafts = await separated(session.primary, session, drafted);
  return sealMadeHere({ ...repairOf(session, drafts, options), ...(chosenBy ? { chosenBy } : {}), batchSize });
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
