import type { Sql } from 'sql-template-tag';
import { z } from 'zod';
import type { Transaction } from '../database/reader.ts';
import { judgeFlows } from '../diagnose/judge-flows.ts';
import { ruleById } from '../diagnose/rule-set.ts';
import type { Session } from '../session.ts';
import { type Held, lockRows } from './lock-rows.ts';
import type { Plan, Step } from './plan.ts';
import { type PlanPart, wholePlan } from './plan-part.ts';
import { RowChange } from './row-change.ts';
import { type Answered, type Written, writeRows } from './write-rows.ts';

/** One value that is no longer what the plan was made from. JSON columns show digests. */
export const Drift = z.object({
  flowId: z.string(),
  table: z.string(),
  column: z.string(),
  planned: z.string().nullable(),
  now: z.string().nullable(),
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
 */
export async function runPlan(session: Session, transaction: Transaction, plan: Plan): Promise<Run> {
  const { drift, problems, changes } = await runPart(session, transaction, wholePlan(plan), { answered: 'changes' });
  if (drift.length > 0) return { kind: 'stale', drift: [...drift] };
  if (problems.length === 0) return { kind: 'ran', changes: [...changes] };
  return { kind: 'not verified', changes: [...changes], problems: problems.map(({ what }) => what) };
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
  const locked = await lockRows(transaction, session.catalog, part.steps, held);
  const busy = held === 'wait' ? NOBODY : flowsOf(part.steps.filter((step) => !locked.has(step.key)));
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
  return { drift: driftOf(part, written.stale), problems, busy, changes: written.changes, recorded: written.recorded };
}

const NOBODY: ReadonlySet<string> = new Set();

function flowsOf(some: readonly { readonly flowId: string }[]): ReadonlySet<string> {
  return new Set(some.map((one) => one.flowId));
}

function driftOf({ steps }: PlanPart, stale: Written['stale']): Drift[] {
  const found = new Map(stale.map((one) => [`${one.flowId} ${one.key}`, one]));
  return steps.flatMap((step) => {
    const now = found.get(`${step.flowId} ${step.key}`);
    return now === undefined ? [] : driftOfStep(step, now.now);
  });
}

function driftOfStep(step: Step, now: Written['stale'][number]['now']): Drift[] {
  const { flowId } = step;
  const table = step.table.name;
  if (now === null) return [{ flowId, table, column: 'id', planned: step.key, now: null }];
  return Object.entries(step.guard)
    .filter(([column, planned]) => now[column] !== planned)
    .map(([column, planned]) => ({ flowId, table, column, planned, now: now[column] ?? null }));
}

/** The mended findings must be gone and no error may be new. Judged inside the transaction, on the written rows. */
async function problemsAfterRepair(
  session: Session,
  transaction: Transaction,
  part: PlanPart,
  flows: readonly string[],
): Promise<PartRun['problems']> {
  const judged = await judgeFlows(transaction, session, flows);
  return [...judged].flatMap(([flowId, rules]) =>
    rules.flatMap((rule) => {
      if (part.mends.get(flowId)?.has(rule)) return [{ flowId, what: `${rule} is still there on ${flowId}` }];
      const isNew = !part.findings.get(flowId)?.has(rule);
      return isNew && ruleById(session.rules, rule)?.severity === 'error'
        ? [{ flowId, what: `${rule} would be new on ${flowId}` }]
        : [];
    }),
  );
}

/** Every column that the undo wrote must hold exactly what it held before. */
function problemsAfterUndo({ steps }: PlanPart, changes: readonly RowChange[]): PartRun['problems'] {
  const changed = new Map(changes.map((change) => [change.key, change]));
  return steps.flatMap((step) =>
    step.writes.flatMap(({ column, to }) => {
      const written = changed.get(step.key)?.columns.find((one) => one.column === column);
      const restored = to.kind === 'text' && (written === undefined || written.after === to.text);
      const what = `${step.table.name}.${column} of ${step.key} was not restored exactly`;
      return restored ? [] : [{ flowId: step.flowId, what }];
    }),
  );
}
