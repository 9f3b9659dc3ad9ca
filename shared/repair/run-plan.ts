import type { Sql } from 'sql-template-tag';
import { z } from 'zod';
import type { Catalog } from '../database/catalog.ts';
import { guardOfText } from '../database/guard-image.ts';
import type { Transaction } from '../database/reader.ts';
import { judgeFlows } from '../diagnose/judge-flows.ts';
import { ruleById } from '../diagnose/rule-set.ts';
import type { Session } from '../session.ts';
import { shownValue } from './change.ts';
import { type Held, lockRows } from './lock-rows.ts';
import type { Plan, Step } from './plan.ts';
import { type PlanPart, wholePlan } from './plan-part.ts';
import { problemsAfterUndo } from './problems-after-undo.ts';
import { refusedWrite } from './refused-write.ts';
import { RowChange } from './row-change.ts';
import { masterIsShared } from './shared-master.ts';
import { strangeRows } from './strange-rows.ts';
import { type Answered, type StaleRow, writeRows } from './write-rows.ts';

/** One value that is no longer what the plan was made from. JSON columns show digests. */
export const Drift = z.object({
  flowId: z.string(),
  table: z.string(),
  column: z.string(),
  planned: z.string().nullable(),
  now: z.string().nullable(),
  /** What the plan would have written there; absent where it only guards. */
  wanted: z.string().nullable().optional(),
});
export type Drift = z.infer<typeof Drift>;

/** What came of running a plan inside a transaction that has not ended yet. */
export const Run = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ran'), changes: z.array(RowChange) }),
  z.object({ kind: z.literal('stale'), drift: z.array(Drift) }),
  z.object({ kind: z.literal('not verified'), changes: z.array(RowChange), problems: z.array(z.string()) }),
]);
export type Run = z.infer<typeof Run>;

/** What came of running a part of a plan, flow by flow. */
export interface PartRun {
  /** Flows with a row that changed since the plan was made: nothing was written to them. */
  readonly drift: readonly Drift[];
  /** Flows that were written and did not become what the plan promises. */
  readonly problems: readonly { readonly flowId: string; readonly what: string }[];
  /** Flows of which another session holds a row; only where the run was told to leave those. */
  readonly busy: ReadonlySet<string>;
  readonly changes: readonly RowChange[];
  readonly recorded: unknown;
}

/** What becomes of the changes: see `Keep`. What is recorded is told which flows are written at most. */
export interface Keeping {
  readonly answered: Answered;
  readonly record?: (flows: readonly string[]) => Sql;
}

/**
 * Runs a whole plan: lock, compare the guards, write, judge again. Preview and apply differ only in how they end.
 * The caller rolls back unless the run is `ran`.
 * @param record writes the receipt along with the rows; its answer is `recorded`
 */
export async function runPlan(
  session: Session,
  transaction: Transaction,
  plan: Plan,
  record?: Keeping['record'],
): Promise<{ run: Run; recorded: unknown }> {
  const keeping = { answered: 'changes', ...(record ? { record } : {}) } as const;
  const { drift, problems, changes, recorded } = await runPart(session, transaction, wholePlan(plan), keeping).catch(
    (thrown: unknown): PartRun => {
      const what = refusedWrite(session.catalog, thrown);
      if (what === undefined) throw thrown;
      return { ...NOTHING_DONE, problems: plan.flows.slice(0, 1).map((flowId) => ({ flowId, what })) };
    },
  );
  if (problems.length > 0 && drift.length === 0) {
    return {
      run: { kind: 'not verified', changes: [...changes], problems: problems.map(({ what }) => what) },
      recorded,
    };
  }
  if (drift.length > 0) return { run: { kind: 'stale', drift: [...drift] }, recorded };
  return { run: { kind: 'ran', changes: [...changes] }, recorded };
}

/**
 * Runs a part of a plan in three statements, however many flows it has. Flows that are stale or busy are left as they
 * are, and the others written: the caller rolls back where it wants all or nothing, and where there are problems.
 */
export async function runPart(
  session: Session,
  transaction: Transaction,
  part: PlanPart,
  { answered, record }: Keeping,
  held: Held = 'wait',
): Promise<PartRun> {
  const missing = await lockRows(transaction, session.catalog, part.steps, held);
  const hidden = held === 'wait' ? hiddenRows(session.catalog, missing) : [];
  if (hidden.length > 0) return { ...NOTHING_DONE, problems: hidden };
  const busy = held === 'wait' ? NOBODY : flowsOf(missing);
  const free = part.flows.filter((flowId) => !busy.has(flowId));
  const steps = part.steps.filter((step) => !busy.has(step.flowId));
  const keep = { answered, record: record?.(free) ?? null };
  const written = await writeRows(transaction, session.catalog, steps, keep);
  const stale = flowsOf(written.stale);
  const left = free.filter((flowId) => !stale.has(flowId));
  const problems = [
    ...written.unwritten.map(({ flowId, key }) => ({ flowId, what: `${key} was not written` })),
    ...(left.length === 0
      ? []
      : part.kind === 'repair'
        ? await problemsAfterRepair(session, transaction, part, left)
        : problemsAfterUndo(part, written.changes)),
  ];
  const drift = driftOf(session.catalog, part.steps, written.stale);
  return { drift, problems, busy, changes: written.changes, recorded: written.recorded };
}

const NOBODY: ReadonlySet<string> = new Set();
const NOTHING_DONE: PartRun = { drift: [], problems: [], busy: NOBODY, changes: [], recorded: null };

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

/** The values of stale rows that are not what the plan was made from, each beside what the plan would have written. */
export function driftOf(catalog: Catalog, steps: readonly Step[], stale: readonly StaleRow[]): Drift[] {
  const found = new Map(stale.map((one) => [`${one.flowId} ${one.key}`, one]));
  return steps.flatMap((step) => {
    const row = found.get(`${step.flowId} ${step.key}`);
    return row === undefined ? [] : driftOfStep(catalog, step, row.now);
  });
}

function driftOfStep(catalog: Catalog, step: Step, now: StaleRow['now']): Drift[] {
  const { flowId } = step;
  const table = step.table.name;
  if (now === null) return [{ flowId, table, column: 'id', planned: step.key, now: null }];
  return Object.entries(step.guard)
    .filter(([column, planned]) => now[column] !== planned)
    .map(([column, planned]) => ({
      flowId,
      table,
      column,
      planned,
      now: now[column] ?? null,
      ...wantedOf(catalog, step, column),
    }));
}

function wantedOf(catalog: Catalog, { record, writes }: Step, column: string): Pick<Drift, 'wanted'> {
  const to = writes.find((write) => write.column === column)?.to;
  if (!to) return {};
  if (to.kind === 'text') return { wanted: guardOfText(catalog[record], column, to.text) };
  return { wanted: shownValue(to) };
}

/**
 * The mended findings must be gone, no error may be new, every row must be the flow's own, and a master that is written no
 * other flow's. Judged inside the transaction, on the written rows. No install is known to have an index for the flows of
 * a master: for a plan of many they were looked for once, when it was made.
 */
async function problemsAfterRepair(
  session: Session,
  transaction: Transaction,
  part: PlanPart,
  flows: readonly string[],
): Promise<PartRun['problems']> {
  const written = new Set(flows);
  const steps = part.steps.filter(({ flowId }) => written.has(flowId));
  const masters = steps.filter(({ record, writes }) => record === 'master' && writes.length > 0);
  const judged = await judgeFlows(transaction, session, flows, flows.length === 1 && masters.length > 0 ? flows : []);
  const torn = masters.flatMap(({ flowId, key }) => {
    const [other] = judged.get(flowId)?.sharers ?? [];
    return other === undefined ? [] : [{ flowId, what: masterIsShared(key, other) }];
  });
  const uncovering = session.rules.asked.filter(({ uncovers }) => uncovers);
  const wrong = [...judged].flatMap(([flowId, { rules }]) =>
    rules.flatMap((rule) => {
      if (part.mends(flowId, rule)) return [{ flowId, what: `${rule} is still there on ${flowId}` }];
      const isNew = !part.found(flowId, rule) && !uncovering.some(({ id }) => part.mends(flowId, id));
      return isNew && ruleById(session.rules, rule)?.severity === 'error'
        ? [{ flowId, what: `${rule} would be new on ${flowId}` }]
        : [];
    }),
  );
  return [...strangeRows(steps, judged, session.model), ...torn, ...wrong];
}
