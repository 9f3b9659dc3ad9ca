import sql, { type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog.ts';
import { column, literals } from '../../database/identifier.ts';
import { recordSource } from '../../database/record-source.ts';
import type { FlowModel } from '../../flow/model.ts';

/** Other open flows that name import `i`, read for this one flow. */
export function rivalsOfOne(model: FlowModel, catalog: Catalog): Sql {
  const other = (name: keyof FlowModel['child']['columns']) => column('other', model.child.columns[name]);
  const id = column('i', model.import.columns.id);
  return sql`(
    select count(*)::int from ${recordSource(catalog.child)} other
    where (${other('importId')} = ${id} or (flow.import_in_name = ${id} and ${other('name')} = flow.flow_name))
      and ${rivalOf('flow', model)}
  )`;
}

/** The same for many flows: the other flows are read once for all, as no install has an index for this. */
export function rivalsOfMany(model: FlowModel, catalog: Catalog): Sql {
  const other = (name: keyof FlowModel['child']['columns']) => column('other', model.child.columns[name]);
  const child = recordSource(catalog.child);
  return sql`,
    named as materialized (
      select distinct flow.flow_id, flow.flow_name, flow.import_in_name, named.id as import_id
      from flow cross join unnest(array[flow.import_pointed, flow.import_in_name, flow.import_in_persistence]) as named(id)
      where not flow.import_linked and named.id is not null
    ),
    rivals as materialized (
      select flow_id, import_id, count(*)::int as count from (
        select named.flow_id, named.import_id, ${other('flowId')} as rival
        from named join ${child} other on ${other('importId')} = named.import_id
        where ${rivalOf('named', model)}
        union
        select named.flow_id, named.import_id, ${other('flowId')}
        from named join ${child} other on ${other('name')} = named.flow_name
        where named.import_in_name = named.import_id and ${rivalOf('named', model)}
      ) naming group by 1, 2
    )`;
}

function rivalOf(alias: string, model: FlowModel): Sql {
  const other = (name: keyof FlowModel['child']['columns']) => column('other', model.child.columns[name]);
  return sql`${other('flowId')} <> ${column(alias, 'flow_id')}
    and ${other('status')}::text not in ${literals(model.statuses.ended)}`;
}
