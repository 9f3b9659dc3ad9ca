import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Catalog, type Table, typeOf } from '../../database/catalog.ts';
import { column } from '../../database/identifier.ts';
import { asJsonb } from '../../database/json-column.ts';
import { recordSource } from '../../database/record-source.ts';
import type { FlowModel } from '../../flow/model.ts';
import type { FlowRow } from './flow-row.ts';

/** The columns of the flow relation that are looked up, and in which table. */
export const LOOKED_UP_IN: Partial<Record<keyof FlowRow, 'import' | 'rawRecords' | 'mappingRows'>> = {
  imports_linked: 'import',
  import_linked: 'import',
  records: 'rawRecords',
  records_unlinked: 'rawRecords',
  records_elsewhere: 'rawRecords',
  records_other_tenant: 'rawRecords',
  mapping_rows_differ: 'mappingRows',
};

/** What looking up needs of each flow. */
export const LOOKED_UP_BY: readonly (keyof FlowRow)[] = [
  ...(['child_id', 'open', 'client_account_id', 'engagement_id'] as const),
  ...(['link_key', 'import_pointed', 'import_pointed_link'] as const),
];

/** Fields named as differing; the rest is in the table. */
const MOST_DIFFERING = 20;

/** Which flows many rows are looked up for. `open flows`: a plain scan; the others get NULL. */
export type Reach = 'open flows' | 'every flow';

/**
 * The flows of a CTE named `flows` with the columns that are looked up from many rows of other tables. Set-based: for a few
 * flows PostgreSQL goes by the indexes that there are, for many it reads each table once.
 * @param uncounted true for a flow, alias `s`, whose linked imports are not known to be just the one that it points to
 */
export function withLookUps(model: FlowModel, catalog: Catalog, reach: Reach, uncounted = sql`true`): Sql {
  const gate = reach === 'open flows' ? sql`s.open` : sql`true`;
  const has = (some: 'rawRecords' | 'mappingRows') => (catalog[some].exists ? gate : sql`false`);
  return sql`
    select s.*,
      case when not (${gate}) then null when ${uncounted} then coalesce(links.linked, 0)
        else (s.import_pointed is not null)::int end as imports_linked,
      coalesce(s.import_pointed_link = s.link_key, false) or coalesce(links.linked > 0, false) as import_linked,
      case when ${has('rawRecords')} and s.import_pointed is not null then coalesce(records.total, 0) end as records,
      coalesce(records.unlinked, 0) as records_unlinked, coalesce(records.elsewhere, 0) as records_elsewhere,
      coalesce(records.other_tenant, 0) as records_other_tenant, mapping_rows.differ as mapping_rows_differ
    from flows s
    left join (${linkedImports(model, catalog, sql`${gate} and ${uncounted}`)}) links on links.child_id = s.child_id
    left join (${recordsOf(model, catalog, has('rawRecords'))}) records on records.child_id = s.child_id
    left join (${differingRows(model, catalog, has('mappingRows'))}) mapping_rows on mapping_rows.child_id = s.child_id`;
}

/**
 * True for a flow, alias `f`, all of whose linked imports are the one that it points to, and that may break a rule about
 * rows that are looked up all the same: it points to none, or there are rows to be counted, or should be.
 */
export function mayBeLookedUp(catalog: Catalog): Sql {
  const { rawRecords, mappingRows } = catalog;
  const some = (table: Table) => sql`(select exists (select from ${recordSource(table)} l))`;
  const missing = rawRecords.exists ? sql`coalesce(f.import_total <> 0, false)` : sql`false`;
  return sql`case when f.import_pointed is null then f.master_id is not null
    else ${missing} or ${some(rawRecords)} or ${some(mappingRows)} end`;
}

function linkedImports(model: FlowModel, catalog: Catalog, gate: Sql): Sql {
  return sql`select s.child_id, count(*)::int as linked
    from flows s join ${recordSource(catalog.import)} l on ${column('l', model.import.columns.masterFlowId)} = s.link_key
    where ${gate} group by s.child_id`;
}

function recordsOf(model: FlowModel, catalog: Catalog, gate: Sql): Sql {
  const { importId, masterFlowId, client, engagement } = model.rawRecords.columns;
  const link = column('l', masterFlowId);
  return sql`select s.child_id, count(*)::int as total,
      count(*) filter (where ${link} is null)::int as unlinked,
      count(*) filter (where ${link} <> s.link_key)::int as elsewhere,
      count(*) filter (where ${column('l', client)} <> s.client_account_id
        or ${column('l', engagement)} <> s.engagement_id)::int as other_tenant
    from flows s join ${recordSource(catalog.rawRecords)} l on ${column('l', importId)} = s.import_pointed
    where ${gate} group by s.child_id`;
}

/** Suggested mappings that name another target than the flow's own JSON does, or a field that it does not have. */
function differingRows(model: FlowModel, catalog: Catalog, gate: Sql): Sql {
  const { importId, source, target, status } = model.mappingRows.columns;
  const { id, mappings } = model.child.columns;
  const json = asJsonb({ value: column('c', mappings), type: typeOf(catalog.child, mappings) });
  const mapped = sql`json.of_flow -> ${column('l', source)}`;
  const targets = model.mappingKeys.target.map((key) => sql`${mapped} ->> ${key}::text`);
  const named = column('l', source);
  return sql`select s.child_id, (array_agg(${named} order by ${named}))[1:${raw(String(MOST_DIFFERING))}] as differ
    from flows s
    join ${recordSource(catalog.mappingRows)} l on ${column('l', importId)} = s.import_pointed
    join ${recordSource(catalog.child)} c on ${column('c', id)} = s.child_id
    cross join lateral (select ${json} as of_flow) json
    where ${gate} and jsonb_typeof(json.of_flow) = 'object' and ${column('l', status)}::text is distinct from 'rejected'
      and coalesce(case jsonb_typeof(${mapped}) when 'object' then coalesce(${join(targets)})
        when 'string' then json.of_flow ->> ${named} end, '') <> ${column('l', target)}
    group by s.child_id`;
}
