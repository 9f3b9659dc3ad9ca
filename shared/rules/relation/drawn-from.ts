import type { FlowModel } from '../../flow/model.ts';
import { isNever } from '../../flow/name.ts';
import { documentedColumns } from './documented-columns.ts';
import type { FlowRow } from './flow-row.ts';

/**
 * The columns of the flow relation that say nothing without the stored column that they come from. Others, such as
 * `import_same_tenant`, which is true where there is no import, are not in here.
 */
const SAY_NOTHING_WITHOUT: ReadonlySet<keyof FlowRow> = new Set([
  ...(['progress', 'has_error', 'completed_at', 'import_pointed', 'retries', 'persistence_shape'] as const),
  ...(['child_mappings', 'child_mappings_shape', 'child_has_mappings', 'mappings_equal', 'confidence'] as const),
  ...(['import_pointed_link', 'import_own', 'import_status', 'import_alive', 'import_total'] as const),
  ...(['import_linked', 'imports_linked', 'imports_wrong_key', 'mapping_rows_differ'] as const),
  ...(['records', 'records_unlinked', 'records_wrong_key', 'records_elsewhere', 'records_other_tenant'] as const),
]);

/** True for a column of the relation about something that this kind of flow never has. */
export function drawnFromNothing(name: keyof FlowRow, model: FlowModel): boolean {
  if (!SAY_NOTHING_WITHOUT.has(name)) return false;
  const [record, column] = documentedColumns[name].from;
  const columns: Readonly<Record<string, string>> = model[record].columns;
  return isNever(columns[column] ?? '');
}
