import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { guardOfText } from '../../database/sql/guard-image.ts';
import { shownValue } from '../../flow/change.ts';
import type { Step } from '../document/plan.ts';
import type { StaleRow } from './write-rows.ts';

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
