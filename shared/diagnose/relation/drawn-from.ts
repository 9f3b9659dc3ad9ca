import type { FlowModel, RecordName } from '../../flow/model.ts';
import { isNever } from '../../flow/name.ts';
import type { FlowRow } from './flow-row.ts';

/**
 * The stored column that a column of the flow relation says something about. Those that also say something without it,
 * such as `import_same_tenant`, which is true where there is no import, are not in here.
 */
const DRAWN_FROM: Partial<Record<keyof FlowRow, readonly [RecordName, string]>> = {
  progress: ['child', 'progress'],
  has_error: ['child', 'error'],
  completed_at: ['child', 'completedAt'],
  child_mappings: ['child', 'mappings'],
  child_mappings_shape: ['child', 'mappings'],
  child_has_mappings: ['child', 'mappings'],
  mappings_equal: ['child', 'mappings'],
  confidence: ['child', 'mappings'],
  import_pointed: ['child', 'importId'],
  retries: ['master', 'retries'],
  persistence_shape: ['master', 'persistence'],
  import_pointed_link: ['import', 'masterFlowId'],
  import_own: ['import', 'id'],
  import_status: ['import', 'status'],
  import_alive: ['import', 'status'],
  import_total: ['import', 'totalRecords'],
  import_linked: ['import', 'masterFlowId'],
  imports_linked: ['import', 'masterFlowId'],
  records: ['rawRecords', 'importId'],
  records_unlinked: ['rawRecords', 'masterFlowId'],
  records_wrong_key: ['rawRecords', 'masterFlowId'],
  records_elsewhere: ['rawRecords', 'masterFlowId'],
  records_other_tenant: ['rawRecords', 'client'],
  mapping_rows_differ: ['mappingRows', 'importId'],
};

/** True for a column of the relation about something that this kind of flow never has. */
export function drawnFromNothing(name: keyof FlowRow, model: FlowModel): boolean {
  const [record, column] = DRAWN_FROM[name] ?? [];
  if (record === undefined || column === undefined) return false;
  const columns: Record<string, string> = model[record].columns;
  return isNever(columns[column] ?? '');
}
