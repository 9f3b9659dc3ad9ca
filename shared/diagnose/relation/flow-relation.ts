import sql, { join, type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog.ts';
import { ident, literal, literals } from '../../database/identifier.ts';
import { countKeys, hasKeys, jsonShape, member, sameObject } from '../../database/json-column.ts';
import { recordSource } from '../../database/record-source.ts';
import type { FlowModel } from '../../flow/model.ts';
import { confidence } from './confidence.ts';
import type { FlowRow } from './flow-row.ts';
import {
  awaitsApproval,
  canonicalPhase,
  firstOpen,
  flagsInOrder,
  phasesComplete,
  progressWanted,
} from './phase-columns.ts';
import { type RecordColumns, recordColumns } from './record-columns.ts';
import { masterStatusAccepted, masterStatusWanted, statusWanted } from './status-columns.ts';

/** Columns of the relation by name. */
export type Columns = Partial<Record<keyof FlowRow, Sql>>;

/** A uuid anywhere in a text, for names like `Discovery Import <id>`. */
const UUID_IN_TEXT = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';

/**
 * Builds the flow relation for one kind of flow on one install: a SELECT with the columns of `FlowRow` but those that are
 * looked up from many rows, one row per child record. PostgreSQL pulls it up into the statement around it, so a column
 * that nobody names costs nothing.
 */
export function flowRelation(model: FlowModel, catalog: Catalog): Sql {
  const r = recordColumns(model, catalog);
  const columns = { ...childColumns(model, r), ...joinedColumns(model, catalog, r), ...jsonColumns(model, r) };
  return sql`
    select facts.*, wanted.status_wanted, ${masterStatusWanted(model, catalog)} as master_status_wanted
    from (
      select ${selected(columns)}
      from ${recordSource(catalog.child)} c
      left join ${recordSource(catalog.master)} m
        on ${r.master('flowId')} = coalesce(${r.child('masterFlowId')}, ${r.child('flowId')})
      left join ${recordSource(catalog.import)} i
        on ${r.import('id')} = ${r.child('importId')}
    ) facts
    cross join lateral (select ${statusWanted(model)} as status_wanted) wanted`;
}

/** `expression as "name"` for a SELECT list. */
export function selected(columns: Columns): Sql {
  return join(Object.entries(columns).map(([name, value]) => sql`${value} as ${ident(name)}`));
}

/** What the child record alone tells. */
export function childColumns(model: FlowModel, { child: c, flags }: RecordColumns): Columns {
  return {
    flow_id: c('flowId'),
    child_id: c('id'),
    childless: sql`false`,
    client_account_id: c('client'),
    engagement_id: c('engagement'),
    flow_name: c('name'),
    status: sql`${c('status')}::text`,
    open: sql`${c('status')}::text not in ${literals(model.statuses.ended)}`,
    phase_stored: sql`${c('phase')}::text`,
    phase: canonicalPhase(model, sql`${c('phase')}::text`),
    progress: sql`${c('progress')}::float8`,
    created_at: c('createdAt'),
    updated_at: c('updatedAt'),
    completed_at: c('completedAt'),
    idle_hours: hoursSince(c('updatedAt')),
    has_error: sql`coalesce(${c('error')}::text <> '', false)`,
    flags_in_order: flagsInOrder(flags),
    phase_open: firstOpen(model, flags),
    phases_complete: phasesComplete(model, flags),
    progress_wanted: progressWanted(model, flags),
    master_pointer: c('masterFlowId'),
    import_pointed: c('importId'),
  };
}

/** NULL for a time that is infinite. */
export function hoursSince(time: Sql): Sql {
  return sql`case when isfinite(${time}) then (extract(epoch from now() - ${time}) / 3600)::float8 end`;
}

/** What the master and the import that the child points to add to it. */
function joinedColumns(model: FlowModel, catalog: Catalog, r: RecordColumns): Columns {
  const { child: c, master: m, import: i } = r;
  return {
    master_id: m('id'),
    master_type: sql`${m('type')}::text`,
    master_status: sql`${m('status')}::text`,
    master_status_accepted: masterStatusAccepted(model, catalog, sql`${m('status')}::text`),
    master_updated_at: m('updatedAt'),
    retries: sql`${m('retries')}::int`,
    master_same_tenant: sql`coalesce(${m('client')} = ${c('client')} and ${m('engagement')} = ${c('engagement')}, true)`,
    import_same_tenant: sql`(coalesce(${i('client')} = ${c('client')}, true)
      and coalesce(${i('engagement')} = ${c('engagement')}, true))`,
    link_key: r.linkKey,
    link_other_key: catalog.linkTarget === model.master.columns.id ? m('flowId') : m('id'),
    import_pointed_link: i('masterFlowId'),
    import_status: sql`${i('status')}::text`,
    import_total: sql`${i('totalRecords')}::int`,
    import_alive: sql`coalesce(${i('status')}::text in ${literals(model.importStatusesAlive)}, false)`,
  };
}

/** What stands inside JSON and text: dear to read, so a plain scan asks it of open flows only. */
function jsonColumns(model: FlowModel, r: RecordColumns): Columns {
  const { child: c, persistence, childMappings } = r;
  const reserved = model.mappingsReservedKeys;
  const { mappings, importId } = model.master.persistenceKeys;
  const masterMappings = member(persistence, mappings);
  const inName = sql`substring(${c('name')} from ${literal(UUID_IN_TEXT)})::uuid`;
  const inPersistence = sql`substring(
    ${persistence.value} ->> ${literal(importId)} from ${literal(`^${UUID_IN_TEXT}$`)}
  )::uuid`;
  return {
    child_mappings: countKeys(childMappings, reserved),
    child_mappings_shape: jsonShape(childMappings),
    master_mappings: countKeys(masterMappings, reserved),
    master_mappings_shape: jsonShape(masterMappings),
    persistence_shape: jsonShape(persistence),
    child_has_mappings: hasKeys(childMappings, reserved),
    master_has_mappings: hasKeys(masterMappings, reserved),
    mappings_equal: sameObject(childMappings, masterMappings, reserved),
    import_in_name: inName,
    import_in_persistence: inPersistence,
    import_named: sql`coalesce(${c('importId')}, ${inName}, ${inPersistence})`,
    awaits_approval: awaitsApproval(model, r, masterMappings),
    confidence: confidence(model, r, masterMappings),
  };
}
