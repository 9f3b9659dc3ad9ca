import sql, { type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column, literals } from '../../database/sql/identifier.ts';
import type { FlowModel } from '../../flow/model.ts';
import { jsonColumns } from '../../rules/relation/flow-relation.ts';
import { recordColumns } from '../../rules/relation/record-columns.ts';
import { isNear } from './near-imports.ts';

/** What other flows claim of import `i`: SQL for one flow, alias `flow`. */
export interface Claims {
  /** `int`: how many other open flows name it. */
  readonly rivals: Sql;
  /** JSON, or null: an ended flow whose key points to it. */
  readonly endedOwner: Sql;
}

/** The claims on every import that could be this one flow's: a common table expression, with its comma, over `import_ids`. */
export function claimsOfOne(model: FlowModel, catalog: Catalog): Sql {
  return claimed(
    model,
    catalog,
    sql`select flow.flow_id, flow.flow_name, flow.import_in_name, import_ids.id as import_id
      from import_ids where ${isUndecided}`,
  );
}

/**
 * The claims on the imports that many flows name themselves, or are linked to without naming them, over `flow`; and on those
 * that are near.
 * @param near for which flows these are looked for
 */
export function claimsOfMany(model: FlowModel, catalog: Catalog, near: Sql): Sql {
  const { id, masterFlowId } = model.import.columns;
  return claimed(
    model,
    catalog,
    sql`select flow.flow_id, flow.flow_name, flow.import_in_name, named.id as import_id
      from flow cross join unnest(array[flow.import_pointed, flow.import_in_name, flow.import_in_persistence]) as named(id)
      where ${isUndecided} and named.id is not null
      union
      select flow.flow_id, flow.flow_name, flow.import_in_name, ${column('i', id)}
      from flow join ${recordSource(catalog.import)} i
        on ${column('i', masterFlowId)} = case when flow.import_linked then flow.link_key else flow.link_other_key end
      where ${isUndecided}
      union
      select flow.flow_id, flow.flow_name, flow.import_in_name, ${column('i', id)}
      from flow join ${recordSource(catalog.import)} i on ${isNear(model)}
      where ${near}`,
  );
}

/** The claims on the imports of a CTE `linking` (flow_id, import_id), each with the flow to which it is linked. */
export function claimsOfLinks(model: FlowModel, catalog: Catalog): Sql {
  const records = recordColumns(model, catalog);
  const { import_in_name: inName } = jsonColumns(model, records);
  return claimed(
    model,
    catalog,
    sql`select linking.flow_id, ${records.child('name')} as flow_name, ${inName()} as import_in_name, linking.import_id
      from linking join ${recordSource(catalog.child)} c on ${records.child('flowId')} = linking.flow_id`,
  );
}

/** The import's link and the child's data_import_id disagree, or several imports are linked: a repair may decide which one is the flow's. */
export const isUndecided = sql`(not flow.import_linked or flow.import_pointed_link is distinct from flow.link_key
  or flow.imports_linked > 1)`;

/** Looked up in what one of the two above read. */
export function claimsOn(model: FlowModel): Claims {
  const these = sql`claims where claims.flow_id = flow.flow_id and claims.import_id = ${column('i', model.import.columns.id)}`;
  return {
    rivals: sql`(select count(distinct claimant)::int from ${these} and not ended)`,
    endedOwner: sql`(
      select json_build_object('flow_id', claimant, 'status', status) from ${these} and ended order by claimant limit 1
    )`,
  };
}

/** The other flows are read once for all that is sought, as no install has an index for this. */
function claimed(model: FlowModel, catalog: Catalog, sought: Sql): Sql {
  const other = (name: keyof FlowModel['child']['columns']) => column('other', model.child.columns[name]);
  const child = recordSource(catalog.child);
  const status = sql`${other('status')}::text`;
  const ended = sql`${status} in ${literals(model.statuses.ended)}`;
  return sql`,
    sought as materialized (${sought}),
    claims as materialized (
      select sought.flow_id, sought.import_id, ${other('flowId')} as claimant, ${status} as status, ${ended} as ended
      from sought join ${child} other on ${other('importId')} = sought.import_id
      where ${other('flowId')} <> sought.flow_id
      union
      select sought.flow_id, sought.import_id, ${other('flowId')}, ${status}, false
      from sought join ${child} other on ${other('name')} = sought.flow_name
      where sought.import_in_name = sought.import_id and ${other('flowId')} <> sought.flow_id and not ${ended}
    )`;
}
