import type { FlowModel } from '../../flow/model.ts';
import type { Table } from '../sql/table.ts';

/** The records that carry a link to their flow's master. */
export type Linked = 'import' | 'rawRecords' | 'mappingRows';

/**
 * The master's column that `master_flow_id` of each of them points to: its `id` on one kind of install, its `flow_id` on
 * another, and not the same for each of them on every one. Without a foreign key nothing enforces either: the platform's
 * code writes the flow id into imports, and into their rows what the import has.
 */
export function linkTargets(model: FlowModel, tables: Readonly<Record<Linked, Table>>): Record<Linked, string> {
  const keyed = (record: Linked) => keyTarget(model, tables[record], record);
  const ofImport = keyed('import') ?? model.master.columns.flowId;
  return {
    import: ofImport,
    rawRecords: keyed('rawRecords') ?? ofImport,
    mappingRows: keyed('mappingRows') ?? ofImport,
  };
}

/**
 * False where imports have a foreign key and raw records have none of their own: then either key of the master is valid in raw
 * records, and a wrong one cannot be told.
 */
export function tellsWrongKeys(
  model: FlowModel,
  { import: dataImport, rawRecords }: Readonly<Record<Linked, Table>>,
): boolean {
  return (
    keyTarget(model, rawRecords, 'rawRecords') !== undefined || keyTarget(model, dataImport, 'import') === undefined
  );
}

function keyTarget(model: FlowModel, { foreign_keys }: Table, record: Linked): string | undefined {
  return foreign_keys.find(
    (key) => key.column === model[record].columns.masterFlowId && key.targetTable === model.master.table,
  )?.targetColumn;
}

/** Which column of the flow relation has what links of such a record hold. */
export function linkKeyOf(
  { linkTargets: targets }: { readonly linkTargets: Readonly<Record<Linked, string>> },
  record: Linked,
): 'link_key' | 'link_other_key' {
  return targets[record] === targets.import ? 'link_key' : 'link_other_key';
}
