import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { guardOfText } from '../../database/sql/guard-image.ts';
import { isComputed } from '../../database/sql/table.ts';
import type { Session } from '../../session.ts';
import type { Problem } from '../document/flow-problem.ts';
import type { Plan, Step } from '../document/plan.ts';
import { RowChange } from '../document/row-change.ts';
import type { Receipt } from '../journal/journal.ts';
import { repairedColumns } from '../plan/repaired-columns.ts';

/** The writer of the receipt may not update it, so that the undo did not try. Absent: the install sets it on every write. */
const leftOut = z.literal(true).optional();

/** A column that an undo did not bring back to what it held before the repair. */
export const NotRestored = RowChange.pick({ flowId: true, table: true, key: true }).extend({
  column: z.string(),
  before: z.string().nullable(),
  now: z.string().nullable(),
  leftOut,
});
export type NotRestored = z.infer<typeof NotRestored>;

/** The same column of several rows. */
export const NotRestoredColumn = RowChange.pick({ table: true }).extend({
  column: z.string(),
  rows: z.number(),
  leftOut,
});
export type NotRestoredColumn = z.infer<typeof NotRestoredColumn>;

/** What an undo did not bring back: whether it holds all the same depends on who wrote the column. */
export interface Remainder {
  /** Columns that repairs write. They have to be as they were, or nothing is. */
  readonly problems: readonly Problem[];
  /** Columns that only the install itself writes: the rest is restored all the same. */
  readonly notRestored: readonly NotRestored[];
}

/**
 * What is not as it was after the steps of an undo were written.
 * @param changes what they did to the rows
 */
export function remainderOf(
  session: Pick<Session, 'catalog' | 'model'>,
  steps: readonly Step[],
  changes: readonly RowChange[],
): Remainder {
  const { catalog } = session;
  const changed = new Map(changes.map((change) => [placeOf(change), change.columns]));
  const strict = new Map<Step['record'], ReadonlySet<string>>();
  const all = steps.flatMap((step) => {
    const columns = changed.get(placeOf(step)) ?? [];
    const repaired = strict.get(step.record) ?? repairedColumns(session, step.record);
    strict.set(step.record, repaired);
    return columnsNotRestored(catalog, step, columns).map((one) => ({
      one,
      strict: repaired.has(one.column),
    }));
  });
  return {
    problems: all
      .filter(({ strict }) => strict)
      .map(({ one: { flowId, table, column, key } }) => ({
        flowId,
        what: `${table.name}.${column} of ${key} was not restored exactly`,
      })),
    notRestored: all.filter(({ strict }) => !strict).map(({ one }) => one),
  };
}

/** The columns with how many rows of them, for plans of many flows. */
export function columnsNotRestoredIn(all: readonly NotRestored[]): NotRestoredColumn[] {
  return addedUp(
    all.map(({ table, column, leftOut }) => ({ table, column, rows: 1, ...(leftOut ? { leftOut } : {}) })),
  );
}

/** Counts of several batches together. */
export function addedUp(all: readonly NotRestoredColumn[]): NotRestoredColumn[] {
  const same = Map.groupBy(all, ({ table, column, leftOut }) =>
    JSON.stringify([table.schema, table.name, column, leftOut]),
  );
  return [...same.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, rows: others.reduce((sum, { rows }) => sum + rows, first.rows) }],
  );
}

/**
 * Columns of a receipt that its undo does not write, since whoever wrote the receipt may not: they stay as the repair left
 * them.
 */
export function columnsLeftOut(
  { catalog }: Pick<Session, 'catalog'>,
  { changes }: Receipt,
  { flows, steps }: Pick<Plan, 'flows' | 'steps'>,
): NotRestored[] {
  const meant = new Set(flows);
  const written = new Map(steps.map((step) => [placeOf(step), step.writes.map(({ column }) => column)]));
  return changes
    .filter(({ flowId }) => meant.has(flowId))
    .flatMap((change) => {
      const { record, flowId, table, key, columns } = change;
      const own = written.get(placeOf(change)) ?? [];
      return columns
        .filter(({ column }) => !own.includes(column) && !isComputed(catalog[record], column))
        .map(({ column, before, after }) => ({ flowId, table, key, column, before, now: after, leftOut: true }));
    });
}

function placeOf({ record, key }: Pick<Step, 'record' | 'key'>): string {
  return `${record} ${key}`;
}

function columnsNotRestored(catalog: Catalog, step: Step, columns: RowChange['columns']): NotRestored[] {
  const { flowId, table, key, record, writes, guard } = step;
  const found = (column: string) => columns.find((one) => one.column === column);
  const valueNow = (column: string) => {
    const change = found(column);
    return change ? guardOfText(catalog[record], column, change.after) : (guard[column] ?? null);
  };
  const written = writes.flatMap(({ column, to }) => {
    const before = to.kind === 'text' ? to.text : null;
    const now = valueNow(column);
    if (now === guardOfText(catalog[record], column, before)) return [];
    return [{ flowId, table, key, column, before, now: found(column)?.after ?? now }];
  });
  // What the receipt does not name and a trigger changed now. What is computed follows from the other columns.
  const alsoChanged = columns
    .filter(({ column }) => !writes.some((write) => write.column === column) && !isComputed(catalog[record], column))
    .map(({ column, before, after }) => ({ flowId, table, key, column, before, now: after }));
  return [...written, ...alsoChanged];
}
