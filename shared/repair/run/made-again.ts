import type { Reader } from '../../database/sql/reader.ts';
import { isStored } from '../../database/sql/table.ts';
import { readFlow, readFlows } from '../../diagnose/read/read-flow.ts';
import { asFailure } from '../../files/as-failure.ts';
import type { FlowFacts } from '../../rules/facts/flow-facts.ts';
import type { Session } from '../../session.ts';
import type { Step } from '../document/plan.ts';
import { among, type FromOutside, type PlanPart } from '../document/plan-part.ts';
import { planDifference } from '../plan/plan-difference.ts';
import { draftRepair, type FlowDraft } from '../plan/plan-repair.ts';
import { draftedOf, separated } from '../plan/separated.ts';
import { type Drift, driftOf } from './drift.ts';
import { staleRows } from './write-rows.ts';

/** What became of a part of a plan from outside when its repair was made again. */
export interface MadeAgain {
  /** The flows of which the plan says what the rules say, with the steps and findings that the rules made. */
  readonly part: PlanPart;
  /** Rows that changed since the plan was made: their flows are no part of it. */
  readonly drift: readonly Drift[];
  /** Flows of which the plan says something else, though no row that it guards has changed, and where. */
  readonly different: readonly { readonly flowId: string; readonly what: string }[];
  /** Findings that came or went since and decide no write, in words. */
  readonly notes: readonly string[];
}

/**
 * Makes the repair of some flows again from their rows and compares it with what a plan from outside says: targets, columns,
 * values, order, guards and findings mended. Reads only, so it is as good in a transaction that holds the rows as before one.
 */
export async function madeAgain(
  reader: Reader,
  session: Session,
  part: PlanPart,
  outside: FromOutside,
): Promise<MadeAgain> {
  const made = new Map((await draftsOf(reader, session, part, outside)).map((draft) => [draft.flowId, draft]));
  const planned = Map.groupBy(part.steps, ({ flowId }) => flowId);
  const judged = part.flows.map((flowId) => {
    const draft = made.get(flowId);
    const steps = planned.get(flowId) ?? [];
    const mends = outside.rulesOf('mends', flowId);
    const what = draft
      ? planDifference({ mends, steps, asked: outside.options }, draft, outside.placeOf)
      : 'the flow does not exist';
    return { flowId, draft, steps, what };
  });
  const same = judged.flatMap(({ draft, what }) => (draft && what === undefined ? [draft] : []));
  const others = judged.flatMap(({ flowId, steps, what }) => (what === undefined ? [] : [{ flowId, steps, what }]));
  const drift = await driftAmong(
    reader,
    session,
    others.flatMap(({ steps }) => steps),
  );
  const stale = new Set(drift.map(({ flowId }) => flowId));
  return {
    part: {
      ...part,
      flows: same.map(({ flowId }) => flowId),
      steps: same.flatMap(({ steps }) => steps),
      mends: among(same.flatMap(({ mends }) => mends)),
      found: among(same.flatMap(({ findings }) => findings)),
      outside: undefined,
    },
    drift,
    different: others.filter(({ flowId }) => !stale.has(flowId)).map(({ flowId, what }) => ({ flowId, what })),
    notes: same.flatMap((draft) => notesOn(draft, outside)),
  };
}

async function draftsOf(
  reader: Reader,
  session: Session,
  { flows }: PlanPart,
  { reading, options }: FromOutside,
): Promise<FlowDraft[]> {
  if (reading === 'one flow') {
    const facts = await factsOfOne(reader, session, flows[0] ?? '');
    return facts ? [draftRepair(session, facts, options)] : [];
  }
  const facts = new Map((await readFlows(reader, session, flows)).map((one) => [one.row.flow_id, one]));
  const known = flows.flatMap((flowId) => facts.get(flowId) ?? []);
  return separated(
    reader,
    session,
    known.map((one) => draftedOf(session, one, options)),
  );
}

async function factsOfOne(reader: Reader, session: Session, flowId: string): Promise<FlowFacts | undefined> {
  try {
    return await readFlow(reader, session, flowId);
  } catch (thrown) {
    if (asFailure(thrown).code !== 'unknown-flow') throw thrown;
    return undefined;
  }
}

/** What changed in the rows of these steps. Of a column that there is not, no row can say that it changed. */
export async function driftAmong(reader: Reader, { catalog }: Session, steps: readonly Step[]): Promise<Drift[]> {
  const asked = steps.filter(({ record, guard }) =>
    Object.keys(guard).every((name) => isStored(catalog[record], name)),
  );
  return driftOf(catalog, asked, await staleRows(reader, catalog, asked));
}

function notesOn({ flowId, findings }: FlowDraft, { rulesOf }: FromOutside): string[] {
  const then = rulesOf('findings', flowId);
  const now = findings.map(({ rule }) => rule);
  return [
    ...now.filter((rule) => !then.includes(rule)).map((rule) => `${flowId} breaks ${rule} by now`),
    ...then.filter((rule) => !now.includes(rule)).map((rule) => `${flowId} breaks ${rule} no more`),
  ];
}
