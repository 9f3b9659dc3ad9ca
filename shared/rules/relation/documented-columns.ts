import { type FlowModel, flagColumns, type RecordName } from '../../flow/model.ts';
import type { FlowRow } from './flow-row.ts';

/** What a column of the flow relation is, for whoever writes a predicate over it, and where its value comes from. */
export interface DocumentedColumn {
  readonly type: 'text' | 'uuid' | 'boolean' | 'integer' | 'number' | 'timestamptz' | 'text[]' | 'jsonb';
  readonly about: string;
  /** The record, and the column of it by its name in the flow model, that the value is read or derived from. */
  readonly from: Origin;
}

type Origin =
  | { [R in RecordName]: readonly [R, keyof FlowModel[R]['columns']] }[RecordName]
  | readonly ['child', 'flags'];

/** Every column of the flow relation: the vocabulary of custom rules. */
export const documentedColumns: Readonly<Record<keyof FlowRow, DocumentedColumn>> = {
  flow_id: { type: 'uuid', about: 'the id that people and the API use', from: ['child', 'flowId'] },
  child_id: { type: 'uuid', about: 'the primary key of the child record', from: ['child', 'id'] },
  childless: { type: 'boolean', about: 'false: custom rules are asked of flows with a child', from: ['child', 'id'] },
  client_account_id: { type: 'uuid', about: 'the tenant: its client', from: ['child', 'client'] },
  engagement_id: { type: 'uuid', about: 'the tenant: its engagement', from: ['child', 'engagement'] },
  flow_name: { type: 'text', about: 'the name of the flow', from: ['child', 'name'] },
  status: { type: 'text', about: 'the status of the child as stored', from: ['child', 'status'] },
  open: {
    type: 'boolean',
    about: 'false once the flow has ended: completed, failed, cancelled …',
    from: ['child', 'status'],
  },
  phase_stored: { type: 'text', about: 'the current phase as stored, old names included', from: ['child', 'phase'] },
  phase: {
    type: 'text',
    about: 'the same phase by its name of today; NULL where it is unknown',
    from: ['child', 'phase'],
  },
  progress: { type: 'number', about: 'the percentage as stored, from 0 to 100', from: ['child', 'progress'] },
  created_at: { type: 'timestamptz', about: 'when the flow was made', from: ['child', 'createdAt'] },
  updated_at: { type: 'timestamptz', about: 'when the child was last written', from: ['child', 'updatedAt'] },
  completed_at: { type: 'timestamptz', about: 'when the flow was completed', from: ['child', 'completedAt'] },
  idle_hours: { type: 'number', about: 'hours since the child was last written', from: ['child', 'updatedAt'] },
  has_error: { type: 'boolean', about: 'the child holds an error text', from: ['child', 'error'] },
  phases_complete: { type: 'text[]', about: 'the phases whose flag is set, in their order', from: ['child', 'flags'] },
  flags_in_order: { type: 'boolean', about: 'no complete phase comes after an open one', from: ['child', 'flags'] },
  phase_open: {
    type: 'text',
    about: 'the first phase that is not complete; NULL where all are',
    from: ['child', 'flags'],
  },
  progress_wanted: { type: 'number', about: 'the percentage that goes with the flags', from: ['child', 'flags'] },
  child_mappings: {
    type: 'integer',
    about: 'mappings in the child; NULL where they are no JSON object',
    from: ['child', 'mappings'],
  },
  child_mappings_shape: { type: 'text', about: 'what JSON the mappings of the child are', from: ['child', 'mappings'] },
  master_mappings: {
    type: 'integer',
    about: 'mappings in the master; NULL where they are no JSON object',
    from: ['master', 'persistence'],
  },
  master_mappings_shape: {
    type: 'text',
    about: 'what JSON the mappings of the master are',
    from: ['master', 'persistence'],
  },
  persistence_shape: { type: 'text', about: 'what JSON the persistence data is', from: ['master', 'persistence'] },
  child_has_mappings: { type: 'boolean', about: 'the child holds at least one mapping', from: ['child', 'mappings'] },
  master_has_mappings: {
    type: 'boolean',
    about: 'the master holds at least one mapping',
    from: ['master', 'persistence'],
  },
  mappings_equal: { type: 'boolean', about: 'child and master hold the same mappings', from: ['child', 'mappings'] },
  confidence: {
    type: 'jsonb',
    about: 'high, medium, low, unknown: mappings that wait for an approval, counted; NULL where none do',
    from: ['child', 'mappings'],
  },
  master_by_id: {
    type: 'uuid',
    about: 'the flow id of the master whose own id stands where its flow id belongs',
    from: ['child', 'masterFlowId'],
  },
  master_pointer: {
    type: 'uuid',
    about: 'the flow id of the master that the child names',
    from: ['child', 'masterFlowId'],
  },
  master_id: { type: 'uuid', about: 'the primary key of the master; NULL where there is none', from: ['master', 'id'] },
  master_type: { type: 'text', about: 'the type of the master', from: ['master', 'type'] },
  master_status: { type: 'text', about: 'the status of the master as stored', from: ['master', 'status'] },
  master_status_accepted: {
    type: 'boolean',
    about: 'false where this install does not take the status that the master has',
    from: ['master', 'status'],
  },
  master_updated_at: { type: 'timestamptz', about: 'when the master was last written', from: ['master', 'updatedAt'] },
  retries: { type: 'integer', about: 'how often the platform tried the flow again', from: ['master', 'retries'] },
  master_same_client: {
    type: 'boolean',
    about: 'false where the master belongs to another client',
    from: ['master', 'client'],
  },
  master_same_tenant: {
    type: 'boolean',
    about: 'false where the master belongs to another tenant',
    from: ['master', 'client'],
  },
  import_same_client: {
    type: 'boolean',
    about: 'false where the import of the flow belongs to another client',
    from: ['import', 'client'],
  },
  import_same_tenant: {
    type: 'boolean',
    about: 'false where the import of the flow, `import_own`, belongs to another tenant',
    from: ['import', 'client'],
  },
  link_key: {
    type: 'uuid',
    about: 'what a link of an import to this flow holds, by the foreign key of this install',
    from: ['master', 'id'],
  },
  records_link_key: {
    type: 'uuid',
    about: 'what a link of a raw record to this flow holds: mostly the same',
    from: ['master', 'id'],
  },
  link_other_key: {
    type: 'uuid',
    about: 'the other key of the master, which is no link of an import',
    from: ['master', 'flowId'],
  },
  import_pointed: { type: 'uuid', about: 'the import that the child points to', from: ['child', 'importId'] },
  import_pointed_link: { type: 'uuid', about: 'the link that this import carries', from: ['import', 'masterFlowId'] },
  import_own: {
    type: 'uuid',
    about: 'the import of the flow: the one that the child points to, else the only one that carries its link',
    from: ['import', 'id'],
  },
  import_status: { type: 'text', about: 'the status of the import of the flow', from: ['import', 'status'] },
  import_alive: { type: 'boolean', about: 'it is still being read', from: ['import', 'status'] },
  import_total: {
    type: 'integer',
    about: 'how many records it says it has',
    from: ['import', 'totalRecords'],
  },
  imports_linked: {
    type: 'integer',
    about: 'imports that carry the link of this flow',
    from: ['import', 'masterFlowId'],
  },
  import_linked: { type: 'boolean', about: 'at least one import carries it', from: ['import', 'masterFlowId'] },
  imports_wrong_key: {
    type: 'integer',
    about: 'imports that carry the other key of the master, where the child points to none',
    from: ['import', 'masterFlowId'],
  },
  import_in_name: { type: 'uuid', about: 'an id of an import in the name of the flow', from: ['child', 'name'] },
  import_in_persistence: {
    type: 'uuid',
    about: 'an id of an import in the persistence data',
    from: ['master', 'persistence'],
  },
  import_named: {
    type: 'uuid',
    about: 'the import that the flow names: by key, in its name, or there',
    from: ['child', 'importId'],
  },
  records: {
    type: 'integer',
    about: 'raw records of the import of the flow',
    from: ['rawRecords', 'importId'],
  },
  records_unlinked: { type: 'integer', about: 'those without a link', from: ['rawRecords', 'masterFlowId'] },
  records_wrong_key: {
    type: 'integer',
    about: "those linked by the master's other key",
    from: ['rawRecords', 'masterFlowId'],
  },
  records_elsewhere: {
    type: 'integer',
    about: 'those with the link of another flow',
    from: ['rawRecords', 'masterFlowId'],
  },
  records_other_tenant: { type: 'integer', about: 'those of another tenant', from: ['rawRecords', 'client'] },
  mapping_rows_differ: {
    type: 'text[]',
    about: 'source fields whose suggested mapping is not the one of the flow',
    from: ['mappingRows', 'target'],
  },
  awaits_approval: { type: 'boolean', about: 'mappings are there and wait for a person', from: ['child', 'mappings'] },
  status_wanted: { type: 'text', about: 'what the status of the child should be', from: ['child', 'status'] },
  master_status_wanted: { type: 'text', about: 'what the status of the master should be', from: ['master', 'status'] },
};

/** The table and the stored column that a column of the relation comes from; of the flags the first and the last. */
export function originOf(name: keyof FlowRow, model: FlowModel) {
  const [record, column] = documentedColumns[name].from;
  const columns: Readonly<Record<string, string>> = model[record].columns;
  const flags = flagColumns(model);
  return {
    record,
    table: model[record].table,
    column: column === 'flags' ? [...new Set([flags.at(0), flags.at(-1)])].join(' … ') : (columns[column] ?? ''),
  };
}
