import { z } from 'zod';
import type { Catalog } from '../database/catalog.ts';
import { guardOfText } from '../database/guard-image.ts';
import type { Transaction } from '../database/reader.ts';
import { readFlow } from '../diagnose/read-flow.ts';
import { ruleById } from '../diagnose/rule-set.ts';
import type { Session } from '../session.ts';
import { shownValue } from './change.ts';
import { type LockedRow, lockRows } from './lock-rows.ts';
import type { Plan, Step } from './plan.ts';
import { refusedWrite } from './refused-write.ts';
import { difference, RowChange } from './row-change.ts';
import { writeRows } from './write-rows.ts';

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

/**
 * Runs a whole plan: lock, compare the guards, write, judge again. Preview and apply differ only in how they end.
 * The caller rolls back unless the run is `ran`.
 */
export async function runPlan(session: Session, transaction: Transaction, plan: Plan): Promise<Run> {
  const locked = await lockRows(transaction, session.catalog, plan.steps);
  const hidden = hiddenRows(session, plan, locked);
  if (hidden.length > 0) return { kind: 'not verified', changes: [], problems: hidden };
  const drift = plan.steps.flatMap((step) => driftOf(session.catalog, step, locked.get(step.key)));
  if (drift.length > 0) return { kind: 'stale', drift };
  const written = await writeRows(transaction, session.catalog, plan.steps).catch((thrown: unknown) => {
    const problem = refusedWrite(session.catalog, thrown);
    if (problem === undefined) throw thrown;
    return problem;
  });
  if (typeof written === 'string') return { kind: 'not verified', changes: [], problems: [written] };
  const changes = plan.steps.flatMap((step): RowChange[] => {
    const before = locked.get(step.key)?.image;
    const after = written.get(step.key);
    if (!before || !after) return [];
    const { record, table, key, flowId } = step;
    const columns = session.catalog[record].columns.map((column) => column.name);
    return [{ record, table, key, flowId, columns: difference(columns, before, after) }];
  });
  const unwritten = plan.steps.filter((step) => step.writes.length > 0 && !written.has(step.key));
  const problems = [
    ...unwritten.map((step) => `${step.table.name} ${step.key} was not written`),
    ...(plan.kind === 'repair'
      ? await problemsAfterRepair(session, transaction, plan)
      : problemsAfterUndo(plan, changes)),
  ];
  return problems.length > 0 ? { kind: 'not verified', changes, problems } : { kind: 'ran', changes };
}

/** A row that a policy keeps from this role looks like one that is gone. */
function hiddenRows({ catalog }: Session, { steps }: Plan, locked: ReadonlyMap<string, LockedRow>): string[] {
  return steps
    .filter(({ record, key }) => catalog[record].row_security && !locked.has(key))
    .map(({ table, key }) => `${table.name} ${key} is gone, or row level security keeps this role from updating it`);
}

/** The values of a row that are not what the plan was made from, each beside what the plan would have written. */
export function driftOf(catalog: Catalog, step: Step, now: LockedRow | undefined): Drift[] {
  const { flowId } = step;
  const table = step.table.name;
  if (!now) return [{ flowId, table, column: 'id', planned: step.key, now: null }];
  return Object.entries(step.guard)
    .filter(([column, planned]) => now.guard[column] !== planned)
    .map(([column, planned]) => ({
      flowId,
      table,
      column,
      planned,
      now: now.guard[column] ?? null,
      ...wantedOf(catalog, step, column),
    }));
}

function wantedOf(catalog: Catalog, { record, writes }: Step, column: string): Pick<Drift, 'wanted'> {
  const to = writes.find((write) => write.column === column)?.to;
  if (!to) return {};
  if (to.kind === 'text') return { wanted: guardOfText(catalog[record], column, to.text) };
  return { wanted: shownValue(to) };
}

/** The mended findings must be gone and no error may be new. Judged inside the transaction, on the written rows. */
async function problemsAfterRepair(session: Session, transaction: Transaction, plan: Plan): Promise<string[]> {
  const problems: string[] = [];
  for (const flowId of plan.flows) {
    const { rules } = await readFlow(transaction, session, flowId);
    for (const rule of rules) {
      const same = (one: { flowId: string; rule: string }) => one.flowId === flowId && one.rule === rule;
      if (plan.mends.some(same)) problems.push(`${rule} is still there on ${flowId}`);
      else if (!plan.findings.some(same) && ruleById(session.rules, rule)?.severity === 'error') {
        problems.push(`${rule} would be new on ${flowId}`);
      }
    }
  }
  return problems;
}

/** Every column that the undo wrote must hold exactly what it held before. */
function problemsAfterUndo(plan: Plan, changes: readonly RowChange[]): string[] {
  return plan.steps.flatMap((step) =>
    step.writes.flatMap(({ column, to }) => {
      const written = changes.find((change) => change.key === step.key)?.columns.find((one) => one.column === column);
      const restored = to.kind === 'text' && (written === undefined || written.after === to.text);
      return restored ? [] : [`${step.table.name}.${column} of ${step.key} was not restored exactly`];
    }),
  );
}
