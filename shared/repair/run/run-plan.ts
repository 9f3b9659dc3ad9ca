import type { Sql } from 'sql-template-tag';
import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import type { Transaction } from '../../database/sql/reader.ts';
import { Failure } from '../../failure.ts';
import { judgeFlows } from '../../rules/judge/judge-flows.ts';
import { ruleById } from '../../rules/rule/rule-set.ts';
import type { Session } from '../../session.ts';
import { ways } from '../../words/ways.ts';
import type { Problem } from '../document/flow-problem.ts';
import type { Plan, Step } from '../document/plan.ts';
import { type PlanPart, wholePlan, without } from '../document/plan-part.ts';
import { RowChange } from '../document/row-change.ts';
import { type JournalTrust, journalFacts, refuseUnasked, refuseUntrusted, trustIn } from '../journal/journal-trust.ts';
import { strangeRow } from '../journal/receipt-problem.ts';
import { askedAgain } from './asked-again.ts';
import { Drift, driftOf } from './drift.ts';
import { type Held, lockRows } from './lock-rows.ts';
import { NotRestored, type Remainder, remainderOf } from './not-restored.ts';
import { refusedWrite } from './refused-write.ts';
import { strangeRows } from './strange-rows.ts';
import { WayBack } from './way-back.ts';
import { type Answered, writeAndLook, writeSteps } from './write-steps.ts';

/** What came of running a plan inside a transaction that has not ended yet. */
export const Run = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ran'),
    changes: z.array(RowChange),
    /** Of a repair that was tried out: what came of trying its undo right after it. */
    wayBack: WayBack.optional(),
    /** Of an undo: what something of the install sets on every write. Absent: every column is as it was. */
    notRestored: z.array(NotRestored).optional(),
    /** Findings that came or went since the plan was made and decide no write. Absent: none. */
    notes: z.array(z.string()).optional(),
  }),
  z.object({ kind: z.literal('stale'), drift: z.array(Drift) }),
  z.object({ kind: z.literal('not verified'), changes: z.array(RowChange), problems: z.array(z.string()) }),
]);
export type Run = z.infer<typeof Run>;

/** What came of running a part of a plan, flow by flow. */
export interface PartRun {
  /** Flows with a row that changed since the plan was made: nothing was written to them. */
  readonly drift: readonly Drift[];
  /**
   * Flows of which the rules make another repair now than the plan says, or of which an undo would write a row that is none of
   * theirs: nothing was written to them.
   */
  readonly different: readonly Problem[];
  /** Flows with a record that another flow has, or names, too since the plan was made: nothing was written to them. */
  readonly claimed: readonly Problem[];
  /** Flows that were written and did not become what the plan promises. */
  readonly problems: readonly Problem[];
  /** Flows of which another session holds a row; only where the run was told to leave those. */
  readonly busy: ReadonlySet<string>;
  readonly changes: readonly RowChange[];
  /** Of an undo: the columns that something of the install sets on every write. */
  readonly notRestored: readonly NotRestored[];
  readonly recorded: unknown;
  /** See `Run`. */
  readonly notes: readonly string[];
}

/** What becomes of the changes: see `Keep`. What is recorded is told which flows are written at most. */
export interface Keeping {
  readonly answered: Answered;
  readonly record?: (flows: readonly string[], journal: JournalTrust) => Sql;
}

/**
 * Runs a whole plan: lock, ask again what no guard tells, compare the guards, write, judge again. Preview and apply differ
 * only in how they end. The caller rolls back unless the run is `ran`.
 * @param record writes the receipt along with the rows; its answer is `recorded`
 * @throws Failure `plan-forged` where a plan from outside is not the one that the rules make; `receipt-refused` where an undo
 *   would write a row that is no record of its flow
 */
export async function runPlan(
  session: Session,
  transaction: Transaction,
  plan: Plan,
  record?: Keeping['record'],
): Promise<{ run: Run; recorded: unknown }> {
  const keeping = { answered: 'changes', ...(record ? { record } : {}) } as const;
  const ran = await runPart(session, transaction, wholePlan(plan), keeping).catch((thrown: unknown): PartRun => {
    const what = refusedWrite(session.catalog, thrown);
    if (what === undefined) throw thrown;
    return { ...NOTHING_DONE, problems: plan.flows.slice(0, 1).map((flowId) => ({ flowId, what })) };
  });
  const { drift, different, claimed, problems, changes, notRestored, recorded, notes } = ran;
  if (drift.length > 0) return { run: { kind: 'stale', drift: [...drift] }, recorded };
  const [other] = different;
  if (other) throw plan.undoes === null ? anotherPlan(other) : strangeRow(plan.undoes, other.what);
  const wrong = [...claimed, ...problems].map(({ what }) => what);
  if (wrong.length > 0) return { run: { kind: 'not verified', changes: [...changes], problems: wrong }, recorded };
  return {
    run: {
      kind: 'ran',
      changes: [...changes],
      ...(notRestored.length > 0 ? { notRestored: [...notRestored] } : {}),
      ...(notes.length > 0 ? { notes: [...notes] } : {}),
    },
    recorded,
  };
}

function anotherPlan({ what }: Problem): Failure {
  return new Failure('plan-forged', `The rules make another plan of these rows now. ${what}`, {
    next: `It was changed after it was made, or what it rests on has changed since. Make a new one: ${ways().plan('<id>')}`,
  });
}

/**
 * Runs a part of a plan in four statements at most, however many flows it has, one more for a part from outside, for an undo, and
 * where the install acts after an update. Flows
 * that are stale, busy, or not as the plan says are left as they are, and the others written: the caller rolls back where it
 * wants all or nothing, and where there are problems.
 */
export async function runPart(
  session: Session,
  transaction: Transaction,
  part: PlanPart,
  { answered, record }: Keeping,
  held: Held = 'wait',
): Promise<PartRun> {
  const { catalog } = session;
  const facts = record && journalFacts(catalog);
  const { missing, answer } = await lockRows(transaction, catalog, part.steps, held, facts);
  // Before anything is written: a table of a stranger would run what the stranger likes, in the name of this role.
  const journal = trustIn(answer);
  refuseUntrusted(journal);
  const hidden = held === 'wait' ? hiddenRows(catalog, missing) : [];
  if (hidden.length > 0) return { ...NOTHING_DONE, problems: hidden };
  const busy = held === 'wait' ? NOBODY : flowsOf(missing);
  const asked = await askedAgain(transaction, session, without(part, busy));
  const { flows, steps } = asked.part;
  if (record && steps.length > 0) refuseUnasked(answer);
  const keep = { answered, record: record?.(flows, journal) ?? null };
  // What an undo says of the rows is looked at, also where a trigger is younger than the catalog.
  const write = asked.part.kind === 'undo' ? writeAndLook : writeSteps;
  const written = await write(transaction, catalog, steps, keep);
  const stale = flowsOf(written.stale);
  const left = flows.filter((flowId) => !stale.has(flowId));
  const unwritten = written.unwritten.map(({ flowId, key }) => ({ flowId, what: `${key} was not written` }));
  const judged =
    left.length === 0 ? NOTHING_WRONG : await judgedAfter(session, transaction, asked.part, left, written.changes);
  return {
    drift: [...asked.drift, ...driftOf(catalog, steps, written.stale)],
    different: asked.different,
    claimed: asked.claimed,
    problems: [...unwritten, ...judged.problems],
    busy,
    changes: written.changes,
    notRestored: judged.notRestored,
    recorded: written.recorded,
    notes: asked.notes,
  };
}

const NOTHING_WRONG: Remainder = { problems: [], notRestored: [] };

/** What is wrong with the flows that were written. */
async function judgedAfter(
  session: Session,
  transaction: Transaction,
  part: PlanPart,
  flows: readonly string[],
  changes: readonly RowChange[],
): Promise<Remainder> {
  if (part.kind === 'undo') return remainderOf(session, stepsOf(part.steps, flows), changes);
  return { ...NOTHING_WRONG, problems: await problemsAfterRepair(session, transaction, part, flows) };
}

function stepsOf(steps: readonly Step[], flows: readonly string[]): Step[] {
  const wanted = new Set(flows);
  return steps.filter(({ flowId }) => wanted.has(flowId));
}

const NOBODY: ReadonlySet<string> = new Set();
const NOTHING_DONE: PartRun = {
  drift: [],
  different: [],
  claimed: [],
  problems: [],
  busy: NOBODY,
  changes: [],
  notRestored: [],
  recorded: null,
  notes: [],
};

function flowsOf(some: readonly { readonly flowId: string }[]): ReadonlySet<string> {
  return new Set(some.map((one) => one.flowId));
}

/** A row that a policy keeps from this role looks like one that is gone. */
function hiddenRows(catalog: Catalog, missing: readonly Step[]): PartRun['problems'] {
  return missing
    .filter(({ record }) => catalog[record].row_security)
    .map(({ table, key, flowId }) => ({
      flowId,
      what: `${table.name} ${key} is gone, or row level security keeps this role from updating it`,
    }));
}

/**
 * The mended findings must be gone, no error may be new, and every row must be the flow's own. Judged inside the
 * transaction, on the written rows.
 */
async function problemsAfterRepair(
  session: Session,
  transaction: Transaction,
  part: PlanPart,
  flows: readonly string[],
): Promise<PartRun['problems']> {
  const steps = stepsOf(part.steps, flows);
  const judged = await judgeFlows(transaction, session, flows);
  const revealing = session.rules.asked.filter(({ revealsRecord }) => revealsRecord);
  const wrong = [...judged].flatMap(([flowId, { rules }]) =>
    rules.flatMap((rule) => {
      if (part.mends(flowId, rule)) return [{ flowId, what: `${rule} is still there on ${flowId}` }];
      const isNew = !part.found(flowId, rule) && !revealing.some(({ id }) => part.mends(flowId, id));
      return isNew && ruleById(session.rules, rule)?.severity === 'error'
        ? [{ flowId, what: `${rule} would be new on ${flowId}` }]
        : [];
    }),
  );
  return [...strangeRows(steps, judged, session.model), ...wrong];
}
