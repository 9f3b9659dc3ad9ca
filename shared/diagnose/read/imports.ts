import sql, { type Sql } from 'sql-template-tag';
import { type Catalog, isStored, typeOf } from '../../database/catalog.ts';
import { guardImage } from '../../database/guard-image.ts';
import { column, literals } from '../../database/identifier.ts';
import { recordSource } from '../../database/record-source.ts';
import type { FlowModel } from '../../flow/model.ts';

/** Candidates looked at for one unlinked flow, and raw records counted for one import. */
const MOST_CANDIDATES = 20;
const MOST_COUNTED = 1_000_000;

/**
 * Two CTEs over `flow`. The imports linked to the flow, those it names, and, where none is linked, unlinked ones of the
 * same tenant made within an hour of it: to be shown to a person, never to be linked for being near.
 */
export function importsOf(model: FlowModel, catalog: Catalog): Sql {
  const names = model.import.columns;
  const i = (name: keyof typeof names) => column('i', names[name]);
  const imports = recordSource(catalog.import);
  const named = sql`array[flow.import_pointed, flow.import_in_name, flow.import_in_persistence]`;
  const tenant = sql`${i('client')} = flow.client_account_id and ${i('engagement')} = flow.engagement_id`;
  return sql`
    import_ids as (
      select ${i('id')} as id from flow join ${imports} i on ${i('masterFlowId')} = flow.link_key
      union
      select ${i('id')} from flow join ${imports} i on ${i('id')} = any(${named})
      union
      (select ${i('id')} from flow join ${imports} i on ${tenant}
        where not flow.import_linked and ${i('masterFlowId')} is null
          and ${i('createdAt')} between flow.created_at - interval '1 hour' and flow.created_at + interval '1 hour'
        order by 1 limit ${MOST_CANDIDATES})
    ),
    import_facts as (
      select
        ${i('id')} as id, ${i('name')} as name, ${i('status')}::text as status,
        ${i('totalRecords')} as total_records, ${i('createdAt')} as created_at, ${i('masterFlowId')} as link,
        coalesce(${i('masterFlowId')} = flow.link_key, false) as linked,
        coalesce(${i('client')} = flow.client_account_id, true)
          and coalesce(${i('engagement')} = flow.engagement_id, true) as same_tenant,
        coalesce(${i('id')} = flow.import_pointed, false) as named_by_key,
        coalesce(${i('id')} = flow.import_in_name, false) as named_in_name,
        coalesce(${i('id')} = flow.import_in_persistence, false) as named_in_persistence,
        case when not flow.import_linked and ${i('id')} = any(${named}) then ${rivals(model, catalog)} else 0 end as rivals,
        raw.*,
        ${rawKeys(model, catalog)} as raw_keys,
        ${guardImage(
          catalog.import,
          'i',
          Object.values(names).filter((name) => isStored(catalog.import, name)),
        )} as image
      from flow cross join import_ids join ${imports} i on ${i('id')} = import_ids.id
      cross join lateral (${rawCounts(model, catalog)}) raw
      order by (${i('id')} = any(${named})) is true desc, ${i('createdAt')}
      limit ${MOST_CANDIDATES}
    )`;
}

function rivals(model: FlowModel, catalog: Catalog): Sql {
  const other = (name: keyof FlowModel['child']['columns']) => column('other', model.child.columns[name]);
  return sql`(
    select count(*)::int from ${recordSource(catalog.child)} other
    where (${other('importId')} = ${column('i', model.import.columns.id)}
        or (flow.import_in_name = ${column('i', model.import.columns.id)} and ${other('name')} = flow.flow_name))
      and ${other('flowId')} <> flow.flow_id
      and ${other('status')}::text not in ${literals(model.statuses.ended)}
  )`;
}

/** One row: how many raw records the import has, up to a bound, and how many of them carry which link. */
function rawCounts(model: FlowModel, catalog: Catalog): Sql {
  if (!catalog.rawRecords.exists) {
    return sql`select null::int as raw_records, null::int as raw_unlinked, null::int as raw_linked`;
  }
  const { importId, masterFlowId } = model.rawRecords.columns;
  return sql`
    select count(*)::int as raw_records, count(*) filter (where counted.link is null)::int as raw_unlinked,
      count(*) filter (where counted.link = flow.link_key)::int as raw_linked
    from (
      select ${column('r', masterFlowId)} as link from ${recordSource(catalog.rawRecords)} r
      where ${column('r', importId)} = ${column('i', model.import.columns.id)}
      limit ${MOST_COUNTED}
    ) counted`;
}

function rawKeys(model: FlowModel, catalog: Catalog): Sql {
  if (!catalog.rawRecords.exists) return sql`null::text[]`;
  const data = column('r', model.rawRecords.columns.data);
  const jsonb = typeOf(catalog.rawRecords, model.rawRecords.columns.data) === 'jsonb';
  const keys = jsonb ? sql`jsonb_object_keys(one.data)` : sql`json_object_keys(one.data)`;
  const shape = jsonb ? sql`jsonb_typeof(one.data)` : sql`json_typeof(one.data)`;
  return sql`(
    select case when ${shape} = 'object' and position('\\u0000' in one.data::text) = 0
      then array(select ${keys} limit 200) end
    from (
      select ${data} as data from ${recordSource(catalog.rawRecords)} r
      where ${column('r', model.rawRecords.columns.importId)} = ${column('i', model.import.columns.id)}
      limit 1
    ) one
  )`;
}
