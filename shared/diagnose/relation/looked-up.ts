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
/** Fields named as differing; the rest is in the table. */
const MOST_DIFFERING = 20;

/**
 * Which flows PostgreSQL looks up many rows for, or unpacks JSON of. `open flows`: a plain scan. `one flow`: as every
 * flow, and also where only a full read of a table can answer.
 */
export type Reach = 'one flow' | 'open flows' | 'every flow';

/**
 * The flow relation, given as `flows`, with the columns of `FlowRow` that are looked up from many rows of other tables.
 * Each look-up is gated: PostgreSQL does not touch the table for a flow where the gate is shut.
 */
export function withLookUps(model: FlowModel, catalog: Catalog, flows: Sql, reach: Reach): Sql {
  const open = reach === 'open flows' ? sql`s.open` : sql`true`;
  const gate = (table: Table, key: string) => (reach === 'one flow' || canLookUp(table, key) ? open : sql`false`);
  const { rawRecords, mappingRows, import: dataImport } = model;
  return sql`
    select s.*, links.linked as imports_linked,
      coalesce(s.import_pointed_link = s.link_key, false) or coalesce(links.linked > 0, false) as import_linked,
      records.total as records, records.unlinked as records_unlinked, records.elsewhere as records_elsewhere,
      records.other_tenant as records_other_tenant, mapping_rows.differ as mapping_rows_differ
    from (${flows}) s
    left join lateral (${linkedImports(model, catalog, gate(catalog.import, dataImport.columns.masterFlowId))}) links on true
    left join lateral (${recordsOf(model, catalog, gate(catalog.rawRecords, rawRecords.columns.importId))}) records on true
    left join lateral (${differingRows(model, catalog, gate(catalog.mappingRows, mappingRows.columns.importId))}) mapping_rows
      on true`;
}

/** Without an index, looking rows up flow by flow would read the whole table for each. */
export function canLookUp(table: Table, column: string): boolean {
  return table.exists && table.indexed.includes(column);
}

function linkedImports(model: FlowModel, catalog: Catalog, gate: Sql): Sql {
  return sql`select case when ${gate} then count(*)::int end as linked
    from ${recordSource(catalog.import)} l
    where ${gate} and ${column('l', model.import.columns.masterFlowId)} = s.link_key`;
}

function recordsOf(model: FlowModel, catalog: Catalog, gate: Sql): Sql {
  const { importId, masterFlowId, client, engagement } = model.rawRecords.columns;
  const link = column('l', masterFlowId);
  return sql`select
      case when ${gate} and s.import_pointed is not null then count(*)::int end as total,
      count(*) filter (where ${link} is null)::int as unlinked,
      count(*) filter (where ${link} <> s.link_key)::int as elsewhere,
      count(*) filter (where ${column('l', client)} <> s.client_account_id
        or ${column('l', engagement)} <> s.engagement_id)::int as other_tenant
    from ${recordSource(catalog.rawRecords)} l
    where ${gate} and ${column('l', importId)} = s.import_pointed`;
}

/** Suggested mappings that name another target than the flow's own JSON does, or a field that it does not have. */
function differingRows(model: FlowModel, catalog: Catalog, gate: Sql): Sql {
  const { importId, source, target, status } = model.mappingRows.columns;
  const { id, mappings } = model.child.columns;
  const json = asJsonb({ value: column('c', mappings), type: typeOf(catalog.child, mappings) });
  const mapped = sql`json.of_flow -> ${column('l', source)}`;
  const targets = model.mappingKeys.target.map((key) => sql`${mapped} ->> ${key}::text`);
  const named = column('l', source);
  return sql`select (array_agg(${named} order by ${named}))[1:${raw(String(MOST_DIFFERING))}] as differ
    from ${recordSource(catalog.mappingRows)} l
    join (select ${json} as of_flow from ${recordSource(catalog.child)} c where ${column('c', id)} = s.child_id) json on true
    where ${gate} and ${column('l', importId)} = s.import_pointed
      and jsonb_typeof(json.of_flow) = 'object' and ${column('l', status)}::text is distinct from 'rejected'
      and coalesce(case jsonb_typeof(${mapped}) when 'object' then coalesce(${join(targets)})
        when 'string' then json.of_flow ->> ${named} end, '') <> ${column('l', target)}`;
}
