import sql, { empty, join, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { type Catalog, isStored, typeOf } from '../database/catalog.ts';
import { guardImage } from '../database/guard-image.ts';
import { column, literals } from '../database/identifier.ts';
import { parseAnswer } from '../database/parse-answer.ts';
import type { Reader } from '../database/reader.ts';
import { recordSource } from '../database/record-source.ts';
import { Failure } from '../failure.ts';
import { type FlowModel, flagColumns } from '../flow/model.ts';
import { FlowFacts, MOST_RAW_LINKS } from './flow-facts.ts';
import { judgedFlows } from './judgement.ts';
import type { Install } from './rule-set.ts';

/** Candidates looked at for one unlinked flow, and raw records counted for one import. */
const MOST_CANDIDATES = 20;
const MOST_COUNTED = 1_000_000;

/**
 * Reads one flow with everything that its diagnosis and its plan need: one statement, one snapshot.
 * @param flowId a whole id
 * @throws Failure `unknown-flow`; `wrong-data` where a column holds what the flow model cannot read
 */
export async function readFlow(reader: Reader, install: Install, flowId: string): Promise<FlowFacts> {
  const { model } = install;
  const [found] = await reader.read(factsStatement(install, sql`f.flow_id = ${flowId}::uuid`, ofOne(install)));
  if (found === undefined) {
    throw new Failure('unknown-flow', `No ${model.kind} flow has the id ${flowId}.`, {
      next: 'Run `flowmend scan --all` for the ids that exist here.',
    });
  }
  return parseAnswer(z.object({ facts: FlowFacts }), found, `Flow ${flowId}`).facts;
}

/**
 * The same for many flows in one statement, as far as their plans need it: the records of linked imports are not counted,
 * and imports near in time are only looked for where a flow names none. A flow that does not exist is not in the answer.
 * @throws Failure `wrong-data`
 */
export async function readFlows(reader: Reader, install: Install, flowIds: readonly string[]): Promise<FlowFacts[]> {
  const chosen = sql`f.flow_id = any(${[...flowIds]}::uuid[])`;
  const rows = await reader.read(factsStatement(install, chosen, ofMany(install)));
  return parseAnswer(z.array(z.object({ facts: FlowFacts })), rows, 'A flow').map(({ facts }) => facts);
}

/** Where reading one flow and reading many differ: in what is worth its cost. Conditions on the flow, alias `flow`. */
interface Depth {
  /** For which flows the raw records of its imports are counted and looked into: evidence for a person. */
  readonly counted: Sql;
  /** For which flows imports near in time are looked for. */
  readonly near: Sql;
  /** Common table expressions, each with its comma, that `rivals` reads. */
  readonly prepared: Sql;
  /** How many other open flows name import `i`. */
  readonly rivals: Sql;
}

function ofOne({ model, catalog }: Install): Depth {
  return { counted: sql`true`, near: sql`true`, prepared: empty, rivals: rivalsOfOne(model, catalog) };
}

function ofMany({ model, catalog }: Install): Depth {
  return {
    counted: sql`not flow.import_linked`,
    near: sql`flow.import_named is null`,
    prepared: rivalsOfMany(model, catalog),
    rivals: sql`coalesce((
      select rivals.count from rivals
      where rivals.flow_id = flow.flow_id and rivals.import_id = ${column('i', model.import.columns.id)}
    ), 0)`,
  };
}

function factsStatement(install: Install, chosen: Sql, depth: Depth): Sql {
  const { model, catalog } = install;
  const child = (name: keyof FlowModel['child']['columns']) => column('c', model.child.columns[name]);
  const persistence = column('m', model.master.columns.persistence);
  const masterMappings = sql`(${persistence} -> ${model.master.persistenceKeys.mappings}::text)`;
  const stored = (record: 'child' | 'master' | 'import', names: readonly string[]) =>
    names.filter((name) => isStored(catalog[record], name));
  const mentioned = model.phases.flatMap((phase) => (phase.approval ? [phase.name, ...phase.aliases] : []));
  return sql`
    with flow as materialized (
      ${judgedFlows(install, 'one flow', chosen)}
    ) ${depth.prepared}
    select json_build_object(
      'row', to_json(flow),
      'rules', flow.rules,
      'mappings', json_build_object(
        'child', nullif(${child('mappings')}::text, 'null'),
        'master', nullif(${masterMappings}::text, 'null'),
        'equal', flow.mappings_equal
      ),
      'mentions_mapping', coalesce(${join(
        mentioned.map((name) => sql`position(${name}::text in ${persistence}::text) > 0`),
        ' or ',
      )}, false),
      'imports', of_flow.imports,
      'rawLinks', of_flow.raw_links,
      'images', json_build_object(
        'child', ${guardImage(
          catalog.child,
          'c',
          stored('child', [...Object.values(model.child.columns), ...flagColumns(model)]),
        )},
        'master', case when flow.master_id is not null
          then ${guardImage(catalog.master, 'm', stored('master', Object.values(model.master.columns)))} end
      )
    ) as facts
    from flow
    join ${recordSource(catalog.child)} c on ${child('id')} = flow.child_id
    left join ${recordSource(catalog.master)} m on ${column('m', model.master.columns.id)} = flow.master_id
    cross join lateral (
      with ${importsOf(model, catalog, depth)}
      select coalesce((select json_agg(to_json(import_facts)) from import_facts), '[]') as imports,
        ${rawLinks(install)} as raw_links
    ) of_flow`;
}

/**
 * The imports linked to the flow, those it names, and, where none is linked, unlinked ones of the same tenant made
 * within an hour of it: to be shown to a person, never to be linked for being near.
 */
function importsOf(model: FlowModel, catalog: Catalog, { counted, near, rivals }: Depth): Sql {
  const names = model.import.columns;
  const i = (name: keyof typeof names) => column('i', names[name]);
  const imports = recordSource(catalog.import);
  const named = sql`array[flow.import_pointed, flow.import_in_name, flow.import_in_persistence]`;
  const tenant = sql`${i('client')} = flow.client_account_id and ${i('engagement')} = flow.engagement_id`;
  return sql`
    import_ids as (
      select ${i('id')} as id from ${imports} i where ${i('masterFlowId')} = flow.link_key
      union
      select ${i('id')} from ${imports} i where ${i('id')} = any(${named})
      union
      (select ${i('id')} from ${imports} i
        where ${tenant} and not flow.import_linked and ${near} and ${i('masterFlowId')} is null
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
        case when not flow.import_linked and ${i('id')} = any(${named}) then ${rivals} else 0 end as rivals,
        case when ${counted} then ${rawCount(model, catalog)} end as raw_records,
        case when ${counted} then ${rawKeys(model, catalog)} end as raw_keys,
        ${guardImage(
          catalog.import,
          'i',
          Object.values(names).filter((name) => isStored(catalog.import, name)),
        )} as image
      from import_ids join ${imports} i on ${i('id')} = import_ids.id
      order by (${i('id')} = any(${named})) is true desc, ${i('createdAt')}
      limit ${MOST_CANDIDATES}
    )`;
}

/** Other open flows that name import `i`, read for this one flow. */
function rivalsOfOne(model: FlowModel, catalog: Catalog): Sql {
  const other = (name: keyof FlowModel['child']['columns']) => column('other', model.child.columns[name]);
  const id = column('i', model.import.columns.id);
  return sql`(
    select count(*)::int from ${recordSource(catalog.child)} other
    where (${other('importId')} = ${id} or (flow.import_in_name = ${id} and ${other('name')} = flow.flow_name))
      and ${rivalOf('flow', model)}
  )`;
}

/** The same for many flows: the other flows are read once for all, as no install has an index for this. */
function rivalsOfMany(model: FlowModel, catalog: Catalog): Sql {
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

function rawCount(model: FlowModel, catalog: Catalog): Sql {
  if (!catalog.rawRecords.exists) return sql`null::int`;
  return sql`(
    select count(*)::int from (
      select from ${recordSource(catalog.rawRecords)} r
      where ${column('r', model.rawRecords.columns.importId)} = ${column('i', model.import.columns.id)}
      limit ${MOST_COUNTED}
    ) counted
  )`;
}

/**
 * The raw records whose links a repair could write, by key: a plan names every row that it touches. Only where the flow
 * breaks a rule that rests on them: in many installs no raw record has a link at all.
 */
function rawLinks({ model, catalog, rules }: Install): Sql {
  const { id, importId, masterFlowId } = model.rawRecords.columns;
  if (!catalog.rawRecords.exists || !isStored(catalog.rawRecords, masterFlowId)) return sql`'[]'::json`;
  const resting = rules.asked.filter((rule) => rule.fix && rule.restsOn.rawRecords).map((rule) => rule.id);
  const r = (name: string) => column('r', name);
  return sql`coalesce((
    select json_agg(json_build_object('id', found.id, 'importId', found.import_id, 'link', found.link, 'image', found.image))
    from (
      select ${r(id)} as id, ${r(importId)} as import_id, ${r(masterFlowId)} as link,
        ${guardImage(catalog.rawRecords, 'r', [importId, masterFlowId])} as image
      from import_facts cross join lateral (
        select * from ${recordSource(catalog.rawRecords)} r
        where flow.rules && ${resting}::text[] and ${r(importId)} = import_facts.id
          and flow.link_key is not null and ${r(masterFlowId)} is distinct from flow.link_key
        limit ${MOST_RAW_LINKS + 1}
      ) r
      order by ${r(importId)}, ${r(id)}
    ) found
  ), '[]')`;
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
