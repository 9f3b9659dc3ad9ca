import { guardOfText } from '../database/guard-image.ts';
import type { Transaction } from '../database/reader.ts';
import type { Session } from '../session.ts';
import { type Remainder, remainderOf } from './not-restored.ts';
import type { Step } from './plan.ts';
import type { PlanPart } from './plan-part.ts';
import type { RowChange } from './row-change.ts';
import { imageKey, type RowImages, rowImages } from './row-images.ts';
import { staleRows } from './write-rows.ts';

/**
 * What is not as it was before, after an undo was written. The rows are read again: what a trigger wrote after the update
 * is no part of what the update itself answers.
 * @param before what stood in the rows before it
 */
export async function problemsAfterUndo(
  session: Session,
  transaction: Transaction,
  { steps }: PlanPart,
  changes: readonly RowChange[],
  before: RowImages,
): Promise<Remainder> {
  const { catalog } = session;
  const wanted = steps.map((step) => ({ ...step, guard: wantedOf(session, step) }));
  const differing = await staleRows(transaction, catalog, wanted);
  const after = await rowImages(transaction, catalog, steps);
  return remainderOf(session, steps, withTriggered(changes, before, after), (step, column) => {
    const guard = wantedOf(session, step);
    const row = differing.find(
      ({ flowId, key, now }) => flowId === step.flowId && key === step.key && (now === null || hasColumns(now, guard)),
    );
    return row === undefined ? (guard[column] ?? null) : (row.now?.[column] ?? null);
  });
}

/** The changes with those that a trigger made to the same rows after the update. */
function withTriggered(changes: readonly RowChange[], before: RowImages, after: RowImages): RowChange[] {
  return changes.map((change) => {
    const [was, is] = [before.get(imageKey(change)) ?? {}, after.get(imageKey(change)) ?? {}];
    const known = new Set(change.columns.map(({ column }) => column));
    const triggered = Object.keys(is).filter((column) => !known.has(column) && was[column] !== is[column]);
    const added = triggered.map((column) => ({ column, before: was[column] ?? null, after: is[column] ?? null }));
    return { ...change, columns: [...change.columns, ...added] };
  });
}

/** The columns that an undo writes, with what has to stand in them, as guards say it. */
function wantedOf({ catalog }: Session, { record, writes }: Step): Step['guard'] {
  return Object.fromEntries(
    writes.map(({ column, to }) => [column, guardOfText(catalog[record], column, to.kind === 'text' ? to.text : null)]),
  );
}

/** Rows of two tables may have the same key. */
function hasColumns(now: object, guard: Step['guard']): boolean {
  return Object.keys(guard).every((column) => column in now);
}
