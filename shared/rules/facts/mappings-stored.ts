import type { Catalog } from '../../database/catalog/catalog.ts';
import type { FlowModel } from '../../flow/model.ts';
import { counted } from '../../words/counted.ts';
import type { FlowRow } from '../relation/flow-row.ts';
import type { FlowFacts } from './flow-facts.ts';

type Stored = Pick<FlowRow, 'child_has_mappings' | 'child_mappings' | 'master_mappings'>;

/** How many field mappings a flow has. */
export function mappingsStored(row: Stored): number {
  return ofFlow(row, row.child_mappings, row.master_mappings) ?? 0;
}

/** The JSON text of a flow's field mappings, as it is stored; null where there is none. */
export function mappingsText({ row, mappings }: Pick<FlowFacts, 'row' | 'mappings'>): string | null {
  return ofFlow(row, mappings.child, mappings.master);
}

/** `13 field mappings exist`, `1 field mapping waits`. */
export function mappingsThat(does: 'exist' | 'wait', row: Stored): string {
  const mappings = mappingsStored(row);
  return `${counted(mappings, 'field mapping')} ${mappings === 1 ? `${does}s` : does}`;
}

/** The columns with mappings that this role may not read: with one of them, none seen is not none there. */
export function mappingsUnread({ child, master }: FlowModel, catalog: Catalog): string[] {
  return [
    ...catalog.child.denied.filter((name) => name === child.columns.mappings),
    ...catalog.master.denied.filter((name) => name === master.columns.persistence),
  ];
}

/** Rows of the table of mappings by their status. Where none can be read, nothing is known of any row. */
export function rowsWhose(mappingRows: FlowFacts['mappingRows'], wanted: (status: string) => boolean): number {
  return (mappingRows?.statuses ?? [])
    .filter(({ status }) => status !== null && wanted(status))
    .reduce((total, { rows }) => total + rows, 0);
}

/** Rows of the table of mappings that no person rejected. */
export function rowsOffered(mappingRows: FlowFacts['mappingRows'], { mappingRowStatuses }: FlowModel): number {
  const rejected = rowsWhose(mappingRows, (status) => mappingRowStatuses.rejected.includes(status));
  return (mappingRows?.total ?? 0) - rejected;
}

/** `2 mappings only in import_field_mappings`. */
export function mappingRowsOnly(rows: number, { mappingRows }: FlowModel): string {
  return `${counted(rows, 'mapping')} only in ${mappingRows.table}`;
}

/** The child's, which the platform looks at first, unless it holds none: an empty object hides nothing of the master's. */
function ofFlow<T>({ child_has_mappings }: Stored, child: T | null, master: T | null): T | null {
  return child_has_mappings ? (child ?? master) : (master ?? child);
}
