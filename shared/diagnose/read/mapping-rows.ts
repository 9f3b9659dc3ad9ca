import sql, { type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { linkKeyOf } from '../../database/catalog/link-targets.ts';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column } from '../../database/sql/identifier.ts';
import type { FlowModel } from '../../flow/model.ts';
import { notRejected } from '../../rules/relation/not-rejected.ts';

/** Rows looked at, rows passed on, and moments of approval passed on. */
const MAX_ROWS = 10_000;
const MAX_PASSED_ON = 1_000;
const MAX_MOMENTS = 100;

/**
 * A CTE over `flow` and `import_facts`: the rows of the table of mappings that belong to the imports which are linked to
 * the flow or named by it. Nothing is read for imports that are only near.
 */
export function ownMappingRows(model: FlowModel, catalog: Catalog): Sql {
  const { importId, masterFlowId, source, target, status, confidence, approvedAt } = model.mappingRows.columns;
  const l = (name: string) => column('l', name);
  return sql`
    own_mapping_rows as materialized (
      select left(${l(source)}::text, 300) as source, left(${l(target)}::text, 300) as target,
        left(${l(status)}::text, 50) as status, ${l(confidence)} as confidence, ${l(approvedAt)} as approved_at,
        ${l(masterFlowId)} is null as unlinked, coalesce(${l(masterFlowId)} = ${column('flow', linkKeyOf(catalog, 'mappingRows'))}, false) as linked
      from flow cross join ${recordSource(catalog.mappingRows)} l
      where ${l(importId)} = any(array(
        select own.id from import_facts own
        where own.linked or own.named_by_key or own.named_in_name or own.named_in_persistence))
      limit ${MAX_ROWS}
    )`;
}

/** JSON over {@link ownMappingRows}; null where the install has no such table. */
export function mappingRowFacts(model: FlowModel, catalog: Catalog): Sql {
  if (!catalog.mappingRows.exists) return sql`null::json`;
  return sql`(
    select json_build_object(
      'total', count(*)::int,
      'unlinked', count(*) filter (where own.unlinked)::int,
      'linked', count(*) filter (where own.linked)::int,
      'statuses', coalesce((
        select json_agg(json_build_object('status', counted.status, 'rows', counted.rows) order by counted.rows desc)
        from (select status, count(*)::int as rows from own_mapping_rows group by status limit 50) counted), '[]'),
      'approvals', coalesce((
        select json_agg(json_build_object('at', moment.at, 'rows', moment.rows) order by moment.at)
        from (
          select date_trunc('second', approved_at) as at, count(*)::int as rows from own_mapping_rows
          where approved_at is not null group by 1 order by 1 desc limit ${MAX_MOMENTS}
        ) moment), '[]'),
      'rows', coalesce((
        select json_agg(json_build_object('source', listed.source, 'target', listed.target, 'confidence', listed.confidence))
        from (
          select source, target, confidence from own_mapping_rows own
          where ${notRejected(sql`own.status`, model)} order by confidence nulls last limit ${MAX_PASSED_ON}
        ) listed), '[]'),
      'rejected', coalesce((
        select json_agg(json_build_object('source', listed.source, 'target', listed.target))
        from (
          select source, target from own_mapping_rows own where not ${notRejected(sql`own.status`, model)}
          order by source limit ${MAX_PASSED_ON}
        ) listed), '[]')
    ) from own_mapping_rows own
  )`;
}
