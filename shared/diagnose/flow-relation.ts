import sql, { join, raw, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { type Catalog, columnOf, tableName } from '../database/catalog.ts';
import { column, ident, literal, literals, tableIdent } from '../database/identifier.ts';
import { countKeys, hasKeys, jsonShape, member, sameObject } from '../database/json-column.ts';
import { approvalPhase, type FlowModel, masterStatusMap } from '../flow/model.ts';

const Uuid = z.string();
const Time = z.string();
/** JSON has no NaN or Infinity: PostgreSQL prints them as strings. */
const Float = z.union([z.number(), z.string().transform(Number)]);

/**
 * One row of the flow relation: one flow with what every rule needs. Rules are predicates over these columns, with the
 * alias `f`. Times are ISO 8601 with offset; progress is a percentage from 0 to 100.
 */
export const FlowRow = z.object({
  flow_id: Uuid,
  child_id: Uuid,
  client_account_id: Uuid,
  engagement_id: Uuid,
  flow_name: z.string().nullable(),
  /** The child's status as stored. */
  status: z.string(),
  /** False once nothing more is to happen: completed, failed, cancelled … */
  open: z.boolean(),
  /** The child's current_phase as stored, old names included. */
  phase_stored: z.string().nullable(),
  /** The same phase by its name in the flow model; null where the model does not know it. */
  phase: z.string().nullable(),
  progress: Float.nullable(),
  created_at: Time,
  updated_at: Time,
  completed_at: Time.nullable(),
  /** Hours since the child was last written; null where its time stamp is infinite. */
  idle_hours: z.number().nullable(),
  /** The child holds an error text. */
  has_error: z.boolean(),
  /** Names of the phases whose flag is set, in the order of the model. */
  phases_complete: z.array(z.string()),
  /** Every complete phase has only complete phases before it. */
  flags_in_order: z.boolean(),
  /** The first phase that is not complete; null where all are. */
  phase_open: z.string().nullable(),
  /** Completed phases / all phases x 100, one decimal: the platform's own arithmetic. */
  progress_wanted: z.number(),
  /** Number of mappings, reserved keys left out; null where there is no JSON object. */
  child_mappings: z.number().nullable(),
  child_mappings_shape: z.string().nullable(),
  master_mappings: z.number().nullable(),
  master_mappings_shape: z.string().nullable(),
  /** What the master's persistence data is: `object`, unless something else was written over it. */
  persistence_shape: z.string().nullable(),
  child_has_mappings: z.boolean(),
  master_has_mappings: z.boolean(),
  /** The same mappings, reserved keys left out and in any order. False where either side is missing. */
  mappings_equal: z.boolean(),
  /** The child's master_flow_id as stored. */
  master_pointer: Uuid.nullable(),
  /** The master's own id; null where no master record is found. */
  master_id: Uuid.nullable(),
  master_type: z.string().nullable(),
  master_status: z.string().nullable(),
  master_updated_at: Time.nullable(),
  /** The master belongs to the same client and engagement; true where there is none. */
  master_same_tenant: z.boolean(),
  /** The import that the child points to belongs to them; true where there is none, or where it names no tenant. */
  import_same_tenant: z.boolean(),
  /** The value that links this flow's imports to its master, by the install's foreign key. */
  link_key: Uuid.nullable(),
  /** The master's other key, which code that confuses id and flow_id writes instead. */
  link_other_key: Uuid.nullable(),
  /** The import that the child's data_import_id points to, and the link that it carries. */
  import_pointed: Uuid.nullable(),
  import_pointed_link: Uuid.nullable(),
  import_linked: z.boolean(),
  import_in_name: Uuid.nullable(),
  import_in_persistence: Uuid.nullable(),
  /** The import that the flow itself names: by data_import_id, else in its name, else in its persistence data. */
  import_named: Uuid.nullable(),
  /** Mappings are there, the import is complete, the mapping is not, and the current phase is the one to approve. */
  awaits_approval: z.boolean(),
  status_wanted: z.string(),
  /** The master status that would be in step with status_wanted and that this install accepts. */
  master_status_wanted: z.string().nullable(),
});

export type FlowRow = z.infer<typeof FlowRow>;

/** A uuid anywhere in a text, for names like `Discovery Import <id>`. */
const UUID_IN_TEXT = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';

/**
 * Builds the flow relation for one kind of flow on one install: a SELECT with one row per child record. PostgreSQL
 * pulls it up into the statement around it, so a column that nobody names costs nothing.
 */
export function flowRelation(model: FlowModel, catalog: Catalog): Sql {
  const c = (name: keyof FlowModel['child']['columns']) => column('c', model.child.columns[name]);
  const m = (name: keyof FlowModel['master']['columns']) => column('m', model.master.columns[name]);
  const flags = model.phases.map((phase) => column('c', phase.flag));
  const done = join(
    flags.map((flag) => sql`${flag}::int`),
    ' + ',
  );
  const childMappings = {
    value: c('mappings'),
    type: columnOf(catalog.child, model.child.columns.mappings).type,
  };
  const persistence = {
    value: m('persistence'),
    type: columnOf(catalog.master, model.master.columns.persistence).type,
  };
  const masterMappings = member(persistence, model.master.persistenceKeys.mappings);

  const namedInName = sql`substring(${c('name')} from ${literal(UUID_IN_TEXT)})::uuid`;
  const namedInPersistence = sql`substring(
    ${m('persistence')} ->> ${literal(model.master.persistenceKeys.importId)} from ${literal(`^${UUID_IN_TEXT}$`)}
  )::uuid`;

  return sql`
    select facts.*, wanted.status_wanted,
      ${masterStatusWanted(model, catalog)} as master_status_wanted
    from (
      select
        ${c('flowId')} as flow_id,
        ${c('id')} as child_id,
        ${c('client')} as client_account_id,
        ${c('engagement')} as engagement_id,
        ${c('name')} as flow_name,
        ${c('status')}::text as status,
        ${c('status')}::text not in ${literals(model.statuses.ended)} as open,
        ${c('phase')} as phase_stored,
        ${canonicalPhase(model, c('phase'))} as phase,
        ${c('progress')}::float8 as progress,
        ${c('createdAt')} as created_at,
        ${c('updatedAt')} as updated_at,
        ${c('completedAt')} as completed_at,
        case when isfinite(${c('updatedAt')})
          then (extract(epoch from now() - ${c('updatedAt')}) / 3600)::float8 end as idle_hours,
        coalesce(${c('error')} <> '', false) as has_error,
        ${flagsInOrder(flags)} as flags_in_order,
        ${firstOpen(model, flags)} as phase_open,
        array_remove(array[${join(
          model.phases.map(
            (phase, index) => sql`case when ${flags[index] ?? sql`false`} then ${literal(phase.name)} end`,
          ),
          ', ',
        )}]::text[], null) as phases_complete,
        round((${done}) * 100.0 / ${raw(String(model.phases.length))}, 1)::float8 as progress_wanted,
        ${countKeys(childMappings, model.mappingsReservedKeys)} as child_mappings,
        ${jsonShape(childMappings)} as child_mappings_shape,
        ${countKeys(masterMappings, model.mappingsReservedKeys)} as master_mappings,
        ${jsonShape(masterMappings)} as master_mappings_shape,
        ${jsonShape(persistence)} as persistence_shape,
        ${hasKeys(childMappings, model.mappingsReservedKeys)} as child_has_mappings,
        ${hasKeys(masterMappings, model.mappingsReservedKeys)} as master_has_mappings,
        ${sameObject(childMappings, masterMappings, model.mappingsReservedKeys)} as mappings_equal,
        ${c('masterFlowId')} as master_pointer,
        ${m('id')} as master_id,
        ${m('type')}::text as master_type,
        ${m('status')}::text as master_status,
        ${m('updatedAt')} as master_updated_at,
        coalesce(${m('client')} = ${c('client')} and ${m('engagement')} = ${c('engagement')}, true) as master_same_tenant,
        coalesce(${column('i', model.import.columns.client)} = ${c('client')}, true)
          and coalesce(${column('i', model.import.columns.engagement)} = ${c('engagement')}, true) as import_same_tenant,
        ${column('m', catalog.linkTarget)} as link_key,
        ${catalog.linkTarget === model.master.columns.id ? m('flowId') : m('id')} as link_other_key,
        ${c('importId')} as import_pointed,
        ${column('i', model.import.columns.masterFlowId)} as import_pointed_link,
        (
          coalesce(${column('i', model.import.columns.masterFlowId)} = ${column('m', catalog.linkTarget)}, false)
          or exists (
            select from ${tableIdent(tableName(catalog.import))} linked
            where ${column('linked', model.import.columns.masterFlowId)} = ${column('m', catalog.linkTarget)}
          )
        ) as import_linked,
        ${namedInName} as import_in_name,
        ${namedInPersistence} as import_in_persistence,
        coalesce(${c('importId')}, ${namedInName}, ${namedInPersistence}) as import_named,
        ${awaitsApproval(model, { childMappings, masterMappings })} as awaits_approval
      from ${tableIdent(tableName(catalog.child))} c
      left join ${tableIdent(tableName(catalog.master))} m
        on ${m('flowId')} = coalesce(${c('masterFlowId')}, ${c('flowId')})
      left join ${tableIdent(tableName(catalog.import))} i
        on ${column('i', model.import.columns.id)} = ${c('importId')}
    ) facts
    cross join lateral (
      select case when facts.status in ${literals(model.statuses.working)} and facts.awaits_approval
        then ${literal(model.statuses.wait)}
        when facts.status in ${literals([...model.statuses.working, ...model.statuses.waiting])} and facts.phase_open is null
        then ${literal(model.statuses.complete)} else facts.status end as status_wanted
    ) wanted`;
}

function canonicalPhase(model: FlowModel, stored: Sql): Sql {
  const cases = model.phases.map(
    (phase) => sql`when ${stored} in ${literals([phase.name, ...phase.aliases])} then ${literal(phase.name)}`,
  );
  return sql`case ${join(cases, ' ')} end`;
}

function flagsInOrder(flags: readonly Sql[]): Sql {
  const implied = flags.slice(1).map((flag, index) => sql`(${flags[index] ?? flag} or not ${flag})`);
  return implied.length === 0 ? sql`true` : sql`(${join(implied, ' and ')})`;
}

function firstOpen(model: FlowModel, flags: readonly Sql[]): Sql {
  const cases = model.phases.map(
    (phase, index) => sql`when not ${flags[index] ?? sql`true`} then ${literal(phase.name)}`,
  );
  return sql`case ${join(cases, ' ')} end`;
}

function awaitsApproval(
  model: FlowModel,
  mappings: Record<'childMappings' | 'masterMappings', { value: Sql; type: string }>,
): Sql {
  const phase = approvalPhase(model);
  const before = model.phases.slice(0, model.phases.indexOf(phase));
  const flagsBefore = before.map((earlier) => column('c', earlier.flag));
  const has = (json: { value: Sql; type: string }) => hasKeys(json, model.mappingsReservedKeys);
  // The cheap columns first: JSON is unpacked only for flows that stand in the phase.
  return sql`coalesce(
    ${column('c', model.child.columns.phase)} in ${literals([phase.name, ...phase.aliases])}
    and ${join([...flagsBefore, sql`not ${column('c', phase.flag)}`], ' and ')}
    and ${column('c', model.child.columns.status)}::text not in ${literals(model.statuses.ended)}
    and (${has(mappings.childMappings)} or ${has(mappings.masterMappings)}),
    false
  )`;
}

/** The stored master status where it is in step already, else the best one that this install's CHECK takes. */
function masterStatusWanted(model: FlowModel, catalog: Catalog): Sql {
  // A CASE is read from the top: most flows have ended.
  const ended = ([status]: [string, string[]]) => (model.statuses.ended.includes(status) ? 0 : 1);
  const pairs = Object.entries(masterStatusMap(model)).sort((a, b) => ended(a) - ended(b));
  const cases = pairs.flatMap(([status, inStep]) => {
    const best = inStep.find((candidate) => catalog.masterStatuses.has(candidate));
    if (best === undefined) return [];
    return sql`when ${literal(status)} then
      case when facts.master_status in ${literals(inStep)} then facts.master_status else ${literal(best)} end`;
  });
  return sql`case wanted.status_wanted ${join(cases, ' ')} else facts.master_status end`;
}

/** `f.column` for the statements around the relation. */
export function relationColumn(name: keyof FlowRow): Sql {
  return sql`f.${ident(name)}`;
}
