import type { Catalog } from '../../database/catalog/catalog.ts';
import { guardOfText } from '../../database/sql/guard-image.ts';
import { isComputed } from '../../database/sql/table.ts';
import type { Step } from './plan.ts';
import type { RowChange } from './row-change.ts';

/** The steps that bring rows back to what they were before these changes, as long as they are as the changes left them. */
export function stepsBack(catalog: Catalog, changes: readonly RowChange[], why: string): Step[] {
  return changes.map(({ record, key, flowId, table, columns }) => ({
    record,
    table,
    key,
    flowId,
    guard: Object.fromEntries(
      columns.map(({ column, after }) => [column, guardOfText(catalog[record], column, after)]),
    ),
    // PostgreSQL computes the others again, from what is restored.
    writes: columns
      .filter(({ column }) => !isComputed(catalog[record], column))
      .map(({ column, before }) => ({ column, to: { kind: 'text', text: before }, rule: null, why })),
  }));
}
