import type { Change } from '../../flow/change.ts';
import type { FlowModel } from '../../flow/model.ts';
import { evidence, evidenceAt } from '../finding/evidence.ts';
import type { Evidence } from '../finding/finding.ts';
import { setColumn } from '../finding/set-column.ts';
import type { FlowRow } from '../relation/flow-row.ts';

/** The two records that keep a flow's mappings: the child in a column, the master inside its persistence data. */
export type MappingsRecord = 'child' | 'master';

/** `crewai_flow_state_extensions.flow_persistence_data.field_mappings`, without the table. */
export function masterMappingsPlace({ master }: FlowModel): string {
  return `${master.columns.persistence}.${master.persistenceKeys.mappings}`;
}

export function mappingsEvidence(
  model: FlowModel,
  record: MappingsRecord,
  value: Pick<Evidence, 'found' | 'expected' | 'why'>,
): Evidence {
  return record === 'child'
    ? evidence(model, 'child', 'mappings', value)
    : evidenceAt(model, 'master', masterMappingsPlace(model), value);
}

/** Gives one of the records these mappings. @param json as PostgreSQL prints them */
export function setMappings(
  model: FlowModel,
  record: MappingsRecord,
  { child_id, master_id }: Pick<FlowRow, 'child_id' | 'master_id'>,
  json: string,
  why: string,
): Change {
  if (record === 'child') return setColumn(model, 'child', child_id, 'mappings', json, why);
  const member = { kind: 'member', key: model.master.persistenceKeys.mappings, json } as const;
  return setColumn(model, 'master', master_id ?? '', 'persistence', member, why);
}
