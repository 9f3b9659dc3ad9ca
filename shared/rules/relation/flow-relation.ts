import sql, { join, type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { linkKeyOf } from '../../database/catalog/link-targets.ts';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column, ident, literal, literals } from '../../database/sql/identifier.ts';
import { countKeys, hasKeys, jsonShape, sameObject } from '../../database/sql/json-column.ts';
import type { FlowModel } from '../../flow/model.ts';
import { confidence } from './confidence.ts';
import { columnsUsedBy, flowColumns } from './flow-columns.ts';
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

/** Keeps two steps of a statement apart without shutting out parallel workers, as `limit` or a CTE would. */
export const APART = sql`offset '0'`;

/** Columns of the relation by name, each made when it is asked for: what nobody needs reads nothing. */
export type Columns = Partial<Record<keyof FlowRow, () => Sql>>;

/** A uuid anywhere in a text, for names like `Discovery Import <id>`. */
const UUID_IN_TEXT = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';

/** Records side by side, and where their columns are found. */
interface RecordsJoined {
  readonly from: Sql;
  readonly columns: RecordColumns;
}

/** True for the master that a child names, or that has its flow id where it names none. */
export function isMasterOf({ child: c, master: m }: RecordColumns): Sql {
  return sql`${m('flowId')} = coalesce(${c('masterFlowId')}, ${c('flowId')})`;
}

/** The child records of the fleet, each with its master and the import that it points to. */
function recordsJoined(model: FlowModel, catalog: Catalog): RecordsJoined {
  const columns = recordColumns(model, catalog);
  const { child: c, import: i } = columns;
  return {
    columns,
    from: sql`${recordSource(catalog.child)} c
      left join ${recordSource(catalog.master)} m on ${isMasterOf(columns)}
      left join ${recordSource(catalog.import)} i on ${i('id')} = ${c('importId')}`,
  };
}

/**
 * Builds the flow relation for one kind of flow on one install: a SELECT with the columns of `FlowRow` but those that are
 * looked up from many rows, one row per child record. PostgreSQL pulls it up into the statement around it, so a column
 * that nobody names costs nothing, and one that is named twice is worked out twice.
 */
export function flowRelation(model: FlowModel, catalog: Catalog): Sql {
  const { from, columns } = recordsJoined(model, catalog);
  return withWanted(sql`select ${selected(factsOf(model, catalog, columns))} from ${from}`, model, catalog);
}

/**
 * The flow relation of some flows with the columns that are needed, each worked out once.
 * @param chosen a condition on columns of the child, alias `f`
 */
export function relationOf(model: FlowModel, catalog: Catalog, chosen: Sql, needed: readonly (keyof FlowRow)[]): Sql {
  const { from, columns } = recordsJoined(model, catalog);
  const all = factsOf(model, catalog, columns);
  const behind = factsBehind(needed, all, model, catalog);
  const facts = sql`select ${join(Object.keys(behind).map((name) => column('f', name)))}
    from (select ${selected(all)} from ${from}) f where ${chosen} ${APART}`;
  return withWanted(facts, model, catalog);
}

const FACTS = flowColumns('facts');

/** Facts, as a SELECT, with what should stand in the statuses. */
export function withWanted(facts: Sql, model: FlowModel, catalog: Catalog): Sql {
  return sql`
    select facts.*, wanted.status_wanted, ${masterStatusWanted(FACTS, model, catalog)} as master_status_wanted
    from (${facts}) facts
    cross join lateral (select ${statusWanted(FACTS, model)} as status_wanted) wanted`;
}

/** The facts that some columns of the relation are, or are made of. */
export function factsBehind(
  names: readonly (keyof FlowRow)[],
  all: Columns,
  model: FlowModel,
  catalog: Catalog,
): Columns {
  const behind = new Set<string>([
    ...names,
    ...columnsUsedBy((facts) => statusWanted(facts, model)),
    ...columnsUsedBy((facts) => masterStatusWanted(facts, model, catalog)),
  ]);
  return Object.fromEntries(Object.entries(all).filter(([name]) => behind.has(name)));
}

/** What the records tell. */
export function factsOf(model: FlowModel, catalog: Catalog, r: RecordColumns): Columns {
  return { ...childColumns(model, catalog, r), ...joinedColumns(model, catalog, r), ...jsonColumns(model, r) };
}

/** `expression as "name"` for a SELECT list. */
export function selected(columns: Columns): Sql {
  return join(Object.entries(columns).map(([name, made]) => sql`${made()} as ${ident(name)}`));
}

/** What the child record alone tells. */
export function childColumns(model: FlowModel, catalog: Catalog, r: RecordColumns): Columns {
  const { child: c } = r;
  return {
    flow_id: () => c('flowId'),
    child_id: () => c('id'),
    childless: () => sql`false`,
    client_account_id: () => c('client'),
    engagement_id: () => c('engagement'),
    flow_name: () => c('name'),
    status: () => sql`${c('status')}::text`,
    open: () => sql`${c('status')}::text not in ${literals(model.statuses.ended)}`,
    phase_stored: () => sql`${c('phase')}::text`,
    phase: () => canonicalPhase(model, sql`${c('phase')}::text`),
    progress: () => sql`${c('progress')}::float8`,
    created_at: () => c('createdAt'),
    updated_at: () => c('updatedAt'),
    completed_at: () => c('completedAt'),
    idle_hours: () => hoursSince(c('updatedAt')),
    has_error: () => sql`coalesce(btrim(${c('error')}::text, e' \\t\\r\\n') <> '', false)`,
    flags_in_order: () => flagsInOrder(r.flags),
    phase_open: () => firstOpen(model, r.flags),
    phases_complete: () => phasesComplete(model, r.flags),
    progress_wanted: () => progressWanted(r.flags, catalog.progressDecimals),
    master_pointer: () => c('masterFlowId'),
    import_pointed: () => c('importId'),
  };
}

/** Every flow by what its child record alone tells, as a SELECT. */
export function childrenOf({ model, catalog }: { readonly model: FlowModel; readonly catalog: Catalog }): Sql {
  return sql`select ${selected(childColumns(model, catalog, recordColumns(model, catalog)))}
    from ${recordSource(catalog.child)} c`;
}

/** NULL for a time that is infinite. */
export function hoursSince(time: Sql): Sql {
  return sql`case when isfinite(${time}) then (extract(epoch from now() - ${time}) / 3600)::float8 end`;
}

/** What the master and the import that the child points to add to it. */
export function joinedColumns(model: FlowModel, catalog: Catalog, r: RecordColumns): Columns {
  const { child: c, master: m, import: i } = r;
  const otherKey = () => (catalog.linkTargets.import === model.master.columns.id ? m('flowId') : m('id'));
  return {
    master_id: () => m('id'),
    master_by_id: () => masterById(model, catalog, r),
    master_type: () => sql`${m('type')}::text`,
    master_status: () => sql`${m('status')}::text`,
    master_status_accepted: () => masterStatusAccepted(model, catalog, sql`${m('status')}::text`),
    master_updated_at: () => m('updatedAt'),
    retries: () => sql`${m('retries')}::int`,
    master_same_client: () => sql`coalesce(${m('client')} = ${c('client')}, true)`,
    master_same_tenant: () =>
      sql`coalesce(${m('client')} = ${c('client')} and ${m('engagement')} = ${c('engagement')}, true)`,
    ...importColumns(model, i, { client: () => c('client'), engagement: () => c('engagement') }),
    link_key: () => r.linkKey,
    link_other_key: otherKey,
    records_link_key: () => (linkKeyOf(catalog, 'rawRecords') === 'link_key' ? r.linkKey : otherKey()),
    import_pointed_link: () => i('masterFlowId'),
  };
}

/**
 * The flow id of the master of its tenant whose own id the child holds where the flow id belongs. Looked for only where no
 * master was found, and none where several have the id: a view may show that.
 */
function masterById(model: FlowModel, catalog: Catalog, { child: c, master: m }: RecordColumns): Sql {
  const { master: x } = recordColumns(model, catalog, (_, stored) => column('x', stored));
  return sql`case when ${m('id')} is null then (
    select case when count(*) = 1 then (array_agg(${x('flowId')}))[1] end from ${recordSource(catalog.master)} x
    where ${x('id')} = ${c('masterFlowId')} and ${x('client')} = ${c('client')} and ${x('engagement')} = ${c('engagement')}
  ) end`;
}

/** Columns about the flow's import. Where the child names none, the linked one is looked up. */
export const OF_IMPORT = [
  'import_same_client',
  'import_same_tenant',
  'import_status',
  'import_total',
  'import_alive',
] as const;

/** What an import tells of itself to a flow of this tenant. */
export function importColumns(
  model: FlowModel,
  i: RecordColumns['import'],
  tenant: { client(): Sql; engagement(): Sql },
): Record<(typeof OF_IMPORT)[number], () => Sql> {
  return {
    import_same_client: () => sql`coalesce(${i('client')} = ${tenant.client()}, true)`,
    import_same_tenant: () => sql`(coalesce(${i('client')} = ${tenant.client()}, true)
      and coalesce(${i('engagement')} = ${tenant.engagement()}, true))`,
    import_status: () => sql`${i('status')}::text`,
    import_total: () => sql`${i('totalRecords')}::int`,
    import_alive: () => sql`coalesce(${i('status')}::text in ${literals(model.importStatusesAlive)}, false)`,
  };
}

/** Columns that stand inside JSON and text: expensive to read, so a plain scan asks rules that name them of open flows only. */
export const IN_JSON = [
  ...(['child_mappings', 'child_mappings_shape', 'child_has_mappings', 'mappings_equal', 'confidence'] as const),
  ...(['master_mappings', 'master_mappings_shape', 'master_has_mappings', 'persistence_shape'] as const),
  ...(['import_in_name', 'import_in_persistence', 'import_named', 'awaits_approval'] as const),
] as const satisfies readonly (keyof FlowRow)[];

export function jsonColumns(model: FlowModel, r: RecordColumns): Record<(typeof IN_JSON)[number], () => Sql> {
  const { child: c } = r;
  const reserved = model.mappingsReservedKeys;
  const { importId } = model.master.persistenceKeys;
  // Its own id may stand in a flow's name too.
  const inName = () =>
    sql`substring(replace(lower(${c('name')}), ${c('flowId')}::text, '') from ${literal(UUID_IN_TEXT)})::uuid`;
  const inPersistence = () => sql`substring(
    ${r.persistence.value} ->> ${literal(importId)} from ${literal(`^${UUID_IN_TEXT}$`)}
  )::uuid`;
  return {
    child_mappings: () => countKeys(r.childMappings, reserved),
    child_mappings_shape: () => jsonShape(r.childMappings),
    master_mappings: () => countKeys(r.masterMappings, reserved),
    master_mappings_shape: () => jsonShape(r.masterMappings),
    persistence_shape: () => jsonShape(r.persistence),
    child_has_mappings: () => hasKeys(r.childMappings, reserved),
    master_has_mappings: () => hasKeys(r.masterMappings, reserved),
    mappings_equal: () => sameObject(r.childMappings, r.masterMappings, reserved),
    import_in_name: inName,
    import_in_persistence: inPersistence,
    import_named: () => sql`coalesce(${c('importId')}, ${inName()}, ${inPersistence()})`,
    awaits_approval: () => awaitsApproval(model, r),
    confidence: () => confidence(model, r),
  };
}
