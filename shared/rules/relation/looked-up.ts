import sql, { join, raw, type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { tellsWrongKeys } from '../../database/catalog/link-targets.ts';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column, ident } from '../../database/sql/identifier.ts';
import { asJsonb, jsonType } from '../../database/sql/json-column.ts';
import type { Table } from '../../database/sql/table.ts';
import type { FlowModel } from '../../flow/model.ts';
import { type Columns, importColumns, OF_IMPORT, selected } from './flow-relation.ts';
import { FlowRow } from './flow-row.ts';
import { notRejected } from './not-rejected.ts';
import { recordColumns } from './record-columns.ts';

/** The columns of the flow relation that are looked up, and in which table. */
export const LOOKED_UP_IN: Partial<Record<keyof FlowRow, 'import' | 'rawRecords' | 'mappingRows'>> = {
  imports_linked: 'import',
  import_linked: 'import',
  imports_wrong_key: 'import',
  import_own: 'import',
  records: 'rawRecords',
  records_unlinked: 'rawRecords',
  records_wrong_key: 'rawRecords',
  records_elsewhere: 'rawRecords',
  records_other_tenant: 'rawRecords',
  mapping_rows_differ: 'mappingRows',
};

/** What looking up needs of each flow. */
export const LOOKED_UP_BY: readonly (keyof FlowRow)[] = [
  ...(['child_id', 'open', 'client_account_id', 'engagement_id'] as const),
  ...(['link_key', 'link_other_key', 'records_link_key', 'import_pointed', 'import_pointed_link'] as const),
];

/** Fields named as differing; the rest is in the table. */
const MAX_DIFFERING = 20;

/** Which flows many rows are looked up for. `open flows`: a plain scan; the others get NULL. */
export type Reach = 'open flows' | 'every flow';

/** True for a column that is only known after looking up: it is looked up, or about an import that may have to be. */
export function waitsForLookUp(name: keyof FlowRow): boolean {
  return name in LOOKED_UP_IN || isOfImport(name);
}

/**
 * The flows of a CTE named `flows` with the columns that are looked up from many rows of other tables. Set-based: for a few
 * flows PostgreSQL goes by the indexes that there are, for many it reads each table once.
 * @param carried the columns that `flows` has and that are wanted of it
 * @param uncounted SQL condition on `s`: the imports linked to this flow still have to be counted
 */
export function withLookUps(
  model: FlowModel,
  catalog: Catalog,
  reach: Reach,
  carried: readonly string[] = OF_RECORDS,
  uncounted = sql`true`,
): Sql {
  const gate = reach === 'open flows' ? sql`s.open` : sql`true`;
  const has = (some: 'rawRecords' | 'mappingRows') => (catalog[some].exists ? gate : sql`false`);
  // The import of a flow that has ended is asked about too, and this may be the only way to it.
  const linked = linkedImports(model, catalog, {
    link: sql`(${gate} or s.import_pointed is null) and ${uncounted}`,
    // Of the import that a flow points to, the link is read anyway.
    otherKey: sql`${gate} and s.import_pointed is null`,
  });
  return sql`select looked_up.* from (
    with links as materialized (${linked})
    select ${join(carried.map((name) => (isOfImport(name) ? ofOwnImport(name) : column('s', name))))},
      ${OWN} as import_own,
      case when not (${gate}) then null when ${uncounted} then coalesce(links.linked, 0)
        else (s.import_pointed is not null)::int end as imports_linked,
      coalesce(s.import_pointed_link = s.link_key, false) or coalesce(links.linked > 0, false) as import_linked,
      coalesce(links.wrong_key, 0) as imports_wrong_key,
      case when ${has('rawRecords')} and ${OWN} is not null then coalesce(records.total, 0) end as records,
      coalesce(records.unlinked, 0) as records_unlinked, coalesce(records.wrong_key, 0) as records_wrong_key,
      coalesce(records.elsewhere, 0) as records_elsewhere,
      coalesce(records.other_tenant, 0) as records_other_tenant, mapping_rows.differ as mapping_rows_differ
    from ${WITH_LINKS}
    left join (${recordsOf(model, catalog, has('rawRecords'))}) records on records.child_id = s.child_id
    left join (${differingRows(model, catalog, has('mappingRows'))}) mapping_rows on mapping_rows.child_id = s.child_id
  ) looked_up`;
}

/** The columns of the relation that are read from the records of a flow. */
const OF_RECORDS = Object.keys(FlowRow.shape).filter((name) => !(name in LOOKED_UP_IN));

/** Each flow with what {@link linkedImports} found of it, and its import. */
const WITH_LINKS = sql`flows s left join links on links.child_id = s.child_id`;
const OWN = sql`coalesce(s.import_pointed, links.import_own)`;

function isOfImport(name: string): boolean {
  return OF_IMPORT.some((one) => one === name);
}

/** The records told it of the import that the child points to. */
function ofOwnImport(name: string): Sql {
  return sql`case when s.import_pointed is null and links.import_own is not null then ${column('links', name)}
    else ${column('s', name)} end as ${ident(name)}`;
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

/**
 * How many imports are linked to each flow, and how many by the master's other key; and the import, with what it tells of
 * itself, where it is the only one that is linked.
 */
function linkedImports(model: FlowModel, catalog: Catalog, gates: { readonly link: Sql; readonly otherKey: Sql }): Sql {
  const { import: l } = recordColumns(model, catalog, (_, stored) => column('l', stored));
  const tenant = { client: () => sql`s.client_account_id`, engagement: () => sql`s.engagement_id` };
  const only: Columns = {
    import_own: () => sql`case when count(*) filter (where key.is_right) over of_flow = 1 then ${l('id')} end`,
    ...importColumns(model, l, tenant),
  };
  return sql`select distinct on (s.child_id) s.child_id, ${selected(only)},
      (count(*) filter (where key.is_right) over of_flow)::int as linked,
      (count(*) filter (where not key.is_right) over of_flow)::int as wrong_key
    from flows s
    cross join lateral (
      values (case when ${gates.link} then s.link_key end, true),
        (case when ${gates.otherKey} then s.link_other_key end, false)
    ) key (value, is_right)
    join ${recordSource(catalog.import)} l on ${l('masterFlowId')} = key.value
    window of_flow as (partition by s.child_id) order by s.child_id, key.is_right desc`;
}

function recordsOf(model: FlowModel, catalog: Catalog, gate: Sql): Sql {
  const { importId, masterFlowId, client, engagement } = model.rawRecords.columns;
  const link = column('l', masterFlowId);
  const ofMaster = sql`coalesce(${link} in (s.link_key, s.link_other_key), false)`;
  const wrong = tellsWrongKeys(model, catalog) ? sql`${link} <> s.records_link_key and ${ofMaster}` : sql`false`;
  return sql`select s.child_id, count(*)::int as total,
      count(*) filter (where ${link} is null)::int as unlinked,
      count(*) filter (where ${wrong})::int as wrong_key,
      count(*) filter (where ${link} <> s.records_link_key and not ${ofMaster})::int as elsewhere,
      count(*) filter (where ${column('l', client)} <> s.client_account_id
        or ${column('l', engagement)} <> s.engagement_id)::int as other_tenant
    from ${WITH_LINKS} join ${recordSource(catalog.rawRecords)} l on ${column('l', importId)} = ${OWN}
    where ${gate} group by s.child_id`;
}

/** Suggested mappings that name another target than the flow's own JSON does, or a field that it does not have. */
function differingRows(model: FlowModel, catalog: Catalog, gate: Sql): Sql {
  const { importId, source, target, status } = model.mappingRows.columns;
  const { id, mappings } = model.child.columns;
  const json = asJsonb({ value: column('c', mappings), ...jsonType(catalog.child, mappings) });
  const mapped = sql`json.of_flow -> ${column('l', source)}`;
  const targets = model.mappingKeys.target.map((key) => sql`${mapped} ->> ${key}::text`);
  const named = column('l', source);
  return sql`select s.child_id, (array_agg(${named} order by ${named}))[1:${raw(String(MAX_DIFFERING))}] as differ
    from ${WITH_LINKS}
    join ${recordSource(catalog.mappingRows)} l on ${column('l', importId)} = ${OWN}
    join ${recordSource(catalog.child)} c on ${column('c', id)} = s.child_id
    cross join lateral (select ${json} as of_flow) json
    where ${gate} and jsonb_typeof(json.of_flow) = 'object' and ${notRejected(sql`${column('l', status)}::text`, model)}
      and coalesce(case jsonb_typeof(${mapped}) when 'object' then coalesce(${join(targets)})
        when 'string' then json.of_flow ->> ${named} end, '') <> ${column('l', target)}
    group by s.child_id`;
}
