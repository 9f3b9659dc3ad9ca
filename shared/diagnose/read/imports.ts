import sql, { type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { tellsWrongKeys } from '../../database/catalog/link-targets.ts';
import { recordSource } from '../../database/catalog/record-source.ts';
import { guardImage } from '../../database/sql/guard-image.ts';
import { column } from '../../database/sql/identifier.ts';
import { jsonShape, jsonType, unpackable } from '../../database/sql/json-column.ts';
import { isStored } from '../../database/sql/table.ts';
import type { FlowModel } from '../../flow/model.ts';
import { MAX_RAW_KEYS } from '../../rules/facts/flow-facts.ts';
import { claimsOn } from './claims.ts';
import type { Depth } from './depth.ts';
import { isNear } from './near-imports.ts';

/** Candidates looked at for one unlinked flow, and raw records counted for one import. */
const MAX_CANDIDATES = 20;
const MAX_COUNTED = 1_000_000;

/**
 * CTEs for one row of `flow`, the last of them `import_facts`. The imports linked to the flow, those it names, and, where
 * none is linked, those linked by the master's other key, and unlinked ones of the same tenant made within an hour of it: to
 * be shown to a person, never to be linked for being near.
 */
export function importsOf(model: FlowModel, catalog: Catalog, { counted, near, claimsOfEach }: Depth): Sql {
  const names = model.import.columns;
  const i = (name: keyof typeof names) => column('i', names[name]);
  const imports = recordSource(catalog.import);
  const named = sql`array[flow.import_pointed, flow.import_in_name, flow.import_in_persistence]`;
  const claims = claimsOn(model);
  return sql`
    import_ids as (
      select ${i('id')} as id from ${imports} i
        where ${i('masterFlowId')} in (flow.link_key, case when not flow.import_linked then flow.link_other_key end)
      union
      select ${i('id')} from ${imports} i where ${i('id')} = any(${named})
      union
      (select ${i('id')} from ${imports} i
        where ${near} and ${isNear(model)}
        order by 1 limit ${MAX_CANDIDATES})
    )${claimsOfEach},
    import_facts as (
      select
        ${i('id')} as id, ${i('name')} as name, ${i('status')}::text as status,
        ${i('totalRecords')} as total_records, ${i('createdAt')} as created_at, ${i('masterFlowId')} as link,
        coalesce(${i('masterFlowId')} = flow.link_key, false) as linked,
        coalesce(${i('masterFlowId')} = flow.link_other_key and ${i('masterFlowId')} <> flow.link_key, false)
          as linked_by_other_key,
        coalesce(${i('client')} = flow.client_account_id, true)
          and coalesce(${i('engagement')} = flow.engagement_id, true) as same_tenant,
        ${tenantUnread(model, catalog, 'import')} as tenant_unread,
        coalesce(${i('id')} = flow.import_pointed, false) as named_by_key,
        coalesce(${i('id')} = flow.import_in_name, false) as named_in_name,
        coalesce(${i('id')} = flow.import_in_persistence, false) as named_in_persistence,
        ${claims.rivals} as rivals, ${claims.endedOwner} as ended_owner,
        raw.*,
        case when ${counted} then ${rawKeys(model, catalog)} end as raw_keys,
        ${guardImage(
          catalog.import,
          'i',
          Object.values(names).filter((name) => isStored(catalog.import, name)),
        )} as image
      from import_ids join ${imports} i on ${i('id')} = import_ids.id
      cross join lateral (${rawCounts(model, catalog, counted)}) raw
      order by (${i('id')} = any(${named}) or ${i('masterFlowId')} in (flow.link_key, flow.link_other_key)) is true desc,
        ${i('createdAt')}, ${i('id')}
      limit ${MAX_CANDIDATES}
    )`;
}

/** A constant: true where this role may not read whose such a record is. */
function tenantUnread(model: FlowModel, catalog: Catalog, record: 'import' | 'rawRecords'): Sql {
  const { client, engagement } = model[record].columns;
  return [client, engagement].some((name) => catalog[record].denied.includes(name)) ? sql`true` : sql`false`;
}

/** One row: how many raw records the import has, up to a bound, and how many of them carry which link; NULL where not counted. */
function rawCounts(model: FlowModel, catalog: Catalog, counted: Sql): Sql {
  if (!catalog.rawRecords.exists) {
    return sql`select null::int as raw_records, null::int as raw_unlinked, null::int as raw_linked,
      null::int as raw_other_tenant`;
  }
  const { importId, masterFlowId, client, engagement } = model.rawRecords.columns;
  const r = (name: string) => column('r', name);
  const linked = tellsWrongKeys(model, catalog)
    ? sql`counted.link = flow.records_link_key`
    : sql`counted.link in (flow.link_key, flow.link_other_key)`;
  return sql`
    select case when ${counted} then count(*)::int end as raw_records,
      case when ${counted} then count(*) filter (where counted.link is null)::int end as raw_unlinked,
      case when ${counted} then count(*) filter (where ${linked})::int end as raw_linked,
      case when ${counted} and not ${tenantUnread(model, catalog, 'rawRecords')}
        then count(*) filter (where counted.other_tenant)::int end as raw_other_tenant
    from (
      select ${r(masterFlowId)} as link,
        ${r(client)} <> flow.client_account_id or ${r(engagement)} <> flow.engagement_id as other_tenant
      from ${recordSource(catalog.rawRecords)} r
      where ${counted} and ${r(importId)} = ${column('i', model.import.columns.id)}
      limit ${MAX_COUNTED}
    ) counted`;
}

function rawKeys(model: FlowModel, catalog: Catalog): Sql {
  if (!catalog.rawRecords.exists) return sql`null::text[]`;
  const name = model.rawRecords.columns.data;
  const data = unpackable({ value: column('r', name), ...jsonType(catalog.rawRecords, name) });
  const keys = data.type === 'jsonb' ? sql`jsonb_object_keys(one.data)` : sql`json_object_keys(one.data)`;
  const shape = jsonShape({ ...data, value: sql`one.data` });
  return sql`(
    select case when ${shape} = 'object'
      then array(select ${keys} limit ${MAX_RAW_KEYS}) end
    from (
      select ${data.value} as data from ${recordSource(catalog.rawRecords)} r
      where ${column('r', model.rawRecords.columns.importId)} = ${column('i', model.import.columns.id)}
      limit 1
    ) one
  )`;
}
