import { counted } from '../report/counted.ts';
import type { FlowRow } from './relation/flow-row.ts';

type Stored = Pick<FlowRow, 'child_mappings' | 'master_mappings'>;

/** How many field mappings a flow has: those of the child, which the platform looks at first, else the master's. */
export function mappingsStored({ child_mappings, master_mappings }: Stored): number {
  return child_mappings ?? master_mappings ?? 0;
}

/** `13 field mappings exist`, `1 field mapping waits`. */
export function mappingsThat(does: 'exist' | 'wait', row: Stored): string {
  const mappings = mappingsStored(row);
  return `${counted(mappings, 'field mapping')} ${mappings === 1 ? `${does}s` : does}`;
}
