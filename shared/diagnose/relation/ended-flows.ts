import sql, { join, type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog.ts';
import { column } from '../../database/identifier.ts';
import { recordSource } from '../../database/record-source.ts';
import type { FlowModel } from '../../flow/model.ts';
import { childColumns, selected } from './flow-relation.ts';
import type { FlowRow } from './flow-row.ts';
import { recordColumns } from './record-columns.ts';
import { masterStatusWanted } from './status-columns.ts';

/** Keeps two steps of a statement apart without shutting out parallel workers, as `limit` or a CTE would. */
const APART = sql`offset '0'`;

/**
 * The columns of the flow relation that {@link suspects} offers, by what they cost: those of the child are read before the
 * join, so that the join carries one answer instead of a dozen columns.
 */
export const OF_CHILD: ReadonlySet<keyof FlowRow> = new Set([
  ...(['flow_id', 'child_id', 'status', 'open', 'phase_stored', 'phase', 'progress', 'created_at'] as const),
  ...(['updated_at', 'completed_at', 'idle_hours', 'has_error', 'flags_in_order', 'phase_open'] as const),
  ...(['phases_complete', 'progress_wanted', 'client_account_id', 'engagement_id', 'flow_name'] as const),
  ...(['master_pointer', 'import_pointed'] as const),
]);
export const OF_JOIN: ReadonlySet<keyof FlowRow> = new Set([
  ...(['master_id', 'master_status', 'master_same_tenant', 'import_same_tenant', 'link_key'] as const),
  ...(['link_other_key', 'import_pointed_link', 'status_wanted', 'master_status_wanted'] as const),
]);

/**
 * Columns that are only good enough here to suspect a flow: where a record names no tenant they say that it differs, and the
 * relation says that it does not. No rule that asks for what they say may rest on them.
 */
export const APPROXIMATE: ReadonlySet<keyof FlowRow> = new Set(['master_same_tenant', 'import_same_tenant']);

/** Columns of the child that the join carries in any case. */
const CARRIED: readonly (keyof FlowRow)[] = ['child_id', 'status', 'import_pointed'];

/**
 * The ids of the flows that a scan has to look at closely: every open one, and every ended one that breaks a rule. It is
 * the flow relation pared down for flows that have ended and are well, which in an install of some age are nearly all:
 * narrow columns, no JSON, nothing looked up. Whoever is named here is judged again by the whole relation.
 * @param chosen a condition on the columns of the child, alias `f`
 * @param ofChild,ofJoin true where an ended flow breaks a rule, over the columns that are there at that point
 * @param carries the columns of the child that `ofJoin` names: a custom rule may mix them with those of the join
 */
export function suspects(
  model: FlowModel,
  catalog: Catalog,
  { chosen, ofChild, ofJoin, carries }: { chosen: Sql; ofChild: Sql; ofJoin: Sql; carries: readonly (keyof FlowRow)[] },
): Sql {
  const names = [...new Set([...CARRIED, ...carries])];
  const carried = (alias: string) => join(names.map((name) => column(alias, name)));
  const r = recordColumns(model, catalog);
  const master = model.master.columns;
  const dataImport = model.import.columns;
  const linked = catalog.linkTarget === master.id ? ['id', 'flow_id'] : ['flow_id', 'id'];
  return sql`
    select s.child_id from (
      select f.child_id, case when f.suspect or ${ofJoin} then 1 else 0 end as suspect
      from (
        select facts.*, wanted.status_wanted, ${masterStatusWanted(model, catalog)} as master_status_wanted
        from (
          select ${carried('c')}, c.suspect, m.id as master_id, m.status as master_status,
            ${column('m', linked[0] ?? '')} as link_key, ${column('m', linked[1] ?? '')} as link_other_key,
            i.link as import_pointed_link, false as awaits_approval,
            coalesce(m.tenant = c.tenant, m.id is null) as master_same_tenant,
            coalesce(i.tenant = c.tenant, i.id is null) as import_same_tenant
          from (
            select ${carried('f')}, f.master_key, f.open or ${ofChild} as suspect,
              ${tenant('f', 'client_account_id', 'engagement_id')} as tenant
            from (
              select ${selected(childColumns(model, r))},
                coalesce(${r.child('masterFlowId')}, ${r.child('flowId')}) as master_key
              from ${recordSource(catalog.child)} c
            ) f
            where ${chosen} ${APART}
          ) c
          left join (
            select ${column('m', master.id)} as id, ${column('m', master.flowId)} as flow_id,
              ${column('m', master.status)}::text as status, ${tenant('m', master.client, master.engagement)} as tenant
            from ${recordSource(catalog.master)} m ${APART}
          ) m on m.flow_id = c.master_key
          left join (
            select ${column('i', dataImport.id)} as id, ${column('i', dataImport.masterFlowId)} as link,
              ${tenant('i', dataImport.client, dataImport.engagement)} as tenant
            from ${recordSource(catalog.import)} i ${APART}
          ) i on i.id = c.import_pointed
        ) facts cross join lateral (select facts.status as status_wanted) wanted
      ) f ${APART}
    ) s where s.suspect = 1`;
}

/** Client and engagement in 8 bytes instead of 32: what the join carries decides how fast it is. */
function tenant(alias: string, client: string, engagement: string): Sql {
  return sql`uuid_hash_extended(${column(alias, client)}, 0) # uuid_hash_extended(${column(alias, engagement)}, 1)`;
}
