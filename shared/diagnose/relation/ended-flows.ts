import sql, { join, Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog.ts';
import { column, ident, literal, literals } from '../../database/identifier.ts';
import { recordSource } from '../../database/record-source.ts';
import type { FlowModel } from '../../flow/model.ts';
import { childColumns, selected } from './flow-relation.ts';
import type { FlowRow } from './flow-row.ts';
import { recordColumns } from './record-columns.ts';
import { masterStatusAccepted, masterStatusFor } from './status-columns.ts';

/** Keeps two steps of a statement apart without shutting out parallel workers, as `limit` or a CTE would. */
const APART = sql`offset '0'`;

/**
 * The columns of the flow relation that {@link suspects} offers, by what they cost: those of the child are read before the
 * join, so that the join carries one answer instead of a dozen columns.
 */
export const OF_CHILD: ReadonlySet<keyof FlowRow> = new Set([
  ...([
    'flow_id',
    'child_id',
    'childless',
    'status',
    'open',
    'phase_stored',
    'phase',
    'progress',
    'created_at',
  ] as const),
  ...(['updated_at', 'completed_at', 'idle_hours', 'has_error', 'flags_in_order', 'phase_open'] as const),
  ...(['phases_complete', 'progress_wanted', 'client_account_id', 'engagement_id', 'flow_name'] as const),
  ...(['master_pointer', 'import_pointed'] as const),
]);
export const OF_JOIN: ReadonlySet<keyof FlowRow> = new Set([
  ...(['master_id', 'master_status', 'master_status_accepted', 'master_same_tenant', 'import_same_tenant'] as const),
  ...(['link_key', 'link_other_key', 'import_pointed_link', 'import_alive'] as const),
  ...(['status_wanted', 'master_status_wanted'] as const),
]);

/** Rules of flows that have ended, as predicates over the columns that are there at that point, alias `f`. */
export interface EndedRules {
  readonly ofChild: readonly Sql[];
  readonly ofJoin: readonly Sql[];
}

/**
 * One row for each chosen flow, and, where `childless` is asked for, for each master to which none of them belongs
 * (`child_id` is NULL): `child_id, master_id, suspect`. Suspect is every open flow, and every ended one that breaks a rule.
 * It is the flow relation pared down for flows that have ended and are well, which in an install of some age are nearly
 * all: narrow columns, no JSON, nothing looked up. Whoever is suspected is judged again by the whole relation.
 * @param chosen a condition on the columns of the child, alias `f`
 */
export function suspects(
  model: FlowModel,
  catalog: Catalog,
  chosen: Sql,
  rules: EndedRules,
  childless: 'with childless masters' | 'flows only',
): Sql {
  const r = recordColumns(model, catalog);
  const { master } = model;
  const ofKind = childless === 'flows only' ? sql`true` : sql`${r.master('type')}::text = ${literal(model.kind)}`;
  const [linkKey, otherKey] = catalog.linkTarget === master.columns.id ? ['id', 'flow_id'] : ['flow_id', 'id'];
  const tenant = (alias: string) =>
    sql`${column(alias, 'client')} = c.client and ${column(alias, 'engagement')} = c.engagement`;
  return sql`
    select f.child_id, f.master_id, f.suspect or ${byStatus(model, catalog, rules.ofJoin)} as suspect
    from (
        select c.child_id, c.status, c.import_pointed, c.suspect, m.id as master_id, m.status as master_status,
          ${masterStatusAccepted(model, catalog, sql`m.status`)} as master_status_accepted,
          ${column('m', linkKey ?? '')} as link_key, ${column('m', otherKey ?? '')} as link_other_key,
          i.link as import_pointed_link, coalesce(i.alive, false) as import_alive,
          coalesce(${tenant('m')}, true) as master_same_tenant,
          coalesce(i.client = c.client, true) and coalesce(i.engagement = c.engagement, true) as import_same_tenant
        from (
          select f.child_id, f.status, f.import_pointed, f.master_key, f.client_account_id as client,
            f.engagement_id as engagement, ${byStatus(model, catalog, rules.ofChild)} as suspect
          from (
            select ${selected(childColumns(model, r))}, coalesce(${r.child('masterFlowId')}, ${r.child('flowId')}) as master_key
            from ${recordSource(catalog.child)} c
          ) f
          where ${chosen} ${APART}
        ) c
        ${childless === 'flows only' ? sql`left` : sql`full`} join (
          select ${selectedAs({ id: r.master('id'), flow_id: r.master('flowId'), client: r.master('client') })},
            ${r.master('engagement')} as engagement, ${r.master('status')}::text as status
          from ${recordSource(catalog.master)} m where ${ofKind}
        ) m on m.flow_id = c.master_key
        left join (
          select ${selectedAs({ id: r.import('id'), link: r.import('masterFlowId'), client: r.import('client') })},
            ${r.import('engagement')} as engagement,
            ${r.import('status')}::text in ${literals(model.importStatusesAlive)} as alive
          from ${recordSource(catalog.import)} i
        ) i on i.id = c.import_pointed
    ) f`;
}

/**
 * True for an open flow, and for an ended one that breaks a rule. Written out for each status, with the status as a
 * constant: PostgreSQL then folds away what the rules ask about other statuses.
 */
function byStatus(model: FlowModel, catalog: Catalog, rules: readonly Sql[]): Sql {
  const cases = model.statuses.ended.map((status) => {
    const conditions = rules.map((rule) => sql`(${withStatus(rule, status, model, catalog)})`);
    const any = conditions.length === 0 ? sql`false` : sql`coalesce(${join(conditions, ' or ')}, false)`;
    return sql`when ${literal(status)} then ${any}`;
  });
  return sql`case f.status ${join(cases, ' ')} else true end`;
}

function withStatus(rule: Sql, status: string, model: FlowModel, catalog: Catalog): Sql {
  const constants: Record<string, string> = {
    status: `${literal(status).sql}::text`,
    status_wanted: `${literal(status).sql}::text`,
    master_status_wanted: `(${masterStatusFor(status, model, catalog, sql`f.master_status`).sql})`,
    open: 'false',
  };
  const strings = rule.strings.map((text) =>
    text.replaceAll(/\bf\.([a-z_]+)\b/g, (column, name: string) => constants[name] ?? column),
  );
  return new Sql(strings, rule.values);
}

function selectedAs(columns: Record<string, Sql>): Sql {
  return join(Object.entries(columns).map(([name, value]) => sql`${value} as ${ident(name)}`));
}
