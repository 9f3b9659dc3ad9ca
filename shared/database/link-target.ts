import type { FlowModel, RecordName } from '../flow/model.ts';
import type { FoundTable } from './catalog.ts';
import type { FittedTable } from './fit-table.ts';

/**
 * Where `data_imports.master_flow_id` points: to the master's `id` on one kind of install, to its `flow_id` on another.
 * Without a foreign key nothing enforces either, and the platform's code writes the flow id.
 */
export function linkTarget(model: FlowModel, dataImport: FoundTable): string {
  return keyOfMaster(model, dataImport, model.import.columns.masterFlowId) ?? model.master.columns.flowId;
}

/**
 * Links of raw records and of rows of mappings are held against those of imports. Where their foreign key points to the
 * master's other key, every right one would look wrong: the column is left out, and that is said.
 */
export function withLinksAlike(
  model: FlowModel,
  fits: Record<RecordName, FittedTable>,
): Record<RecordName, FittedTable> {
  const target = linkTarget(model, fits.import.table);
  const alike = (record: 'rawRecords' | 'mappingRows'): FittedTable => {
    const { table, notices } = fits[record];
    const column = model[record].columns.masterFlowId;
    const own = keyOfMaster(model, table, column);
    if (own === undefined || own === target) return fits[record];
    return {
      table: {
        ...table,
        columns: table.columns.filter(({ name }) => name !== column),
        absent: [...table.absent, { name: column, type: 'uuid' }],
      },
      notices: [
        ...notices,
        `${table.name}.${column} points to the master's ${own} and that of ${model.import.table} to its ${target}: these links were not looked at`,
      ],
    };
  };
  return { ...fits, rawRecords: alike('rawRecords'), mappingRows: alike('mappingRows') };
}

/** The column of the master that a foreign key of this one points to. */
function keyOfMaster(model: FlowModel, { foreign_keys }: FoundTable, column: string): string | undefined {
  return foreign_keys.find((key) => key.column === column && key.targetTable === model.master.table)?.targetColumn;
}
