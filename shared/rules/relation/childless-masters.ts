import sql, { type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column, literal, literals } from '../../database/sql/identifier.ts';
import type { FlowModel } from '../../flow/model.ts';
import { type Columns, hoursSince, selected } from './flow-relation.ts';
import { NO_TENANT, recordColumns } from './record-columns.ts';
import { masterStatusAccepted } from './status-columns.ts';

/**
 * The flow relation's rows for masters to which no child belongs: the columns of {@link childlessColumns}. A child belongs to a master by its master_flow_id, or by the flow_id that they share.
 */
export function childlessMasters(model: FlowModel, catalog: Catalog): Sql {
  const { master: m } = recordColumns(model, catalog);
  const { masterFlowId, flowId } = model.child.columns;
  const belongs = (name: string) => sql`exists (select from ${recordSource(catalog.child)} c
    where ${column('c', name)} = ${m('flowId')})`;
  return sql`select ${selected(childlessColumns(model, catalog))} from ${recordSource(catalog.master)} m
    where ${m('type')}::text = ${literal(model.kind)} and not ${belongs(flowId)} and not ${belongs(masterFlowId)}`;
}

/** The columns of the relation that a master without a child has; the others are NULL. */
export function childlessColumns(model: FlowModel, catalog: Catalog): Columns {
  const { master: m } = recordColumns(model, catalog);
  const status = sql`${m('status')}::text`;
  const updated = m('updatedAt');
  return {
    flow_id: () => m('flowId'),
    child_id: () => m('id'),
    childless: () => sql`true`,
    client_account_id: () => sql`coalesce(${m('client')}, ${NO_TENANT})`,
    engagement_id: () => sql`coalesce(${m('engagement')}, ${NO_TENANT})`,
    status: () => sql`coalesce(${status}, '')`,
    open: () => sql`coalesce(${status} not in ${literals(model.statuses.ended)}, true)`,
    created_at: () => sql`coalesce(${updated}, now())`,
    updated_at: () => sql`coalesce(${updated}, now())`,
    idle_hours: () => hoursSince(updated),
    has_error: () => sql`false`,
    phases_complete: () => sql`'{}'::text[]`,
    flags_in_order: () => sql`true`,
    phase_open: () => literal(model.phases[0]?.name ?? ''),
    progress_wanted: () => sql`0::float8`,
    child_has_mappings: () => sql`false`,
    master_has_mappings: () => sql`false`,
    mappings_equal: () => sql`false`,
    master_id: () => m('id'),
    master_type: () => sql`${m('type')}::text`,
    master_status: () => status,
    master_status_accepted: () => masterStatusAccepted(model, catalog, status),
    master_updated_at: () => updated,
    retries: () => sql`${m('retries')}::int`,
    master_same_client: () => sql`true`,
    master_same_tenant: () => sql`true`,
    import_same_client: () => sql`true`,
    import_same_tenant: () => sql`true`,
    link_key: () => column('m', catalog.linkTargets.import),
    import_alive: () => sql`false`,
    import_linked: () => sql`false`,
    awaits_approval: () => sql`false`,
    status_wanted: () => sql`coalesce(${status}, '')`,
    master_status_wanted: () => status,
  };
}
