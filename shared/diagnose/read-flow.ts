import sql, { type Sql } from 'sql-template-tag';
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
import { judgedAll } from './judgement.ts';
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
  const [found] = await reader.read(readFlowStatement(install, flowId));
  if (found === undefined) {
    throw new Failure('unknown-flow', `No ${model.kind} flow has the id ${flowId}.`, {
      next: 'Run `flowmend scan --all` for the ids that exist here.',
    });
  }
  return parseAnswer(z.object({ facts: FlowFacts }), found, `Flow ${flowId}`).facts;
}

function readFlowStatement(install: Install, flowId: string): Sql {
  const { model, catalog } = install;
  const child = (name: keyof FlowModel['child']['columns']) => column('c', model.child.columns[name]);
  const persistence = column('m', model.master.columns.persistence);
  const masterMappings = sql`(${persistence} -> ${model.master.persistenceKeys.mappings}::text)`;
  const stored = (record: 'child' | 'master' | 'import', names: readonly string[]) =>
    names.filter((name) => isStored(catalog[record], name));
  const mentioned = model.phases.flatMap((phase) => (phase.approval ? [phase.name, ...phase.aliases] : []));
  return sql`
    with flow as materialized (
      ${judgedAll(install, 'every flow', sql`f.flow_id = ${flowId}::uuid`)}
    ), ${importsOf(model, catalog)}
    select json_build_object(
      'row', to_json(flow),
      'rules', flow.rules,
      'mappings', json_build_object(
        'child', nullif(${child('mappings')}::text, 'null'),
        'master', nullif(${masterMappings}::text, 'null'),
        'equal', flow.mappings_equal
      ),
      'mentions_mapping', exists(
        select from unnest(${mentioned}::text[]) as name where position(name in ${persistence}::text) > 0
      ),
      'imports', coalesce((select json_agg(to_json(import_facts)) from import_facts), '[]'),
      'rawLinks', ${rawLinks(model, catalog)},
      'images', json_build_object(
        'child', case when not flow.childless then ${guardImage(
          catalog.child,
          'c',
          stored('child', [...Object.values(model.child.columns), ...flagColumns(model)]),
        )} end,
        'master', case when flow.master_id is not null
          then ${guardImage(catalog.master, 'm', stored('master', Object.values(model.master.columns)))} end
      )
    ) as facts
    from flow
    left join ${recordSource(catalog.child)} c on ${child('id')} = flow.child_id
    left join ${recordSource(catalog.master)} m on ${column('m', model.master.columns.id)} = flow.master_id`;
}

/**
 * The imports linked to the flow, those it names, and, where none is linked, unlinked ones of the same tenant made
 * within an hour of it: to be shown to a person, never to be linked for being near.
 */
function importsOf(model: FlowModel, catalog: Catalog): Sql {
  const names = model.import.columns;
  const i = (name: keyof typeof names) => column('i', names[name]);
  const imports = recordSource(catalog.import);
  const named = sql`array[flow.import_pointed, flow.import_in_name, flow.import_in_persistence]`;
  const tenant = sql`${i('client')} = flow.client_account_id and ${i('engagement')} = flow.engagement_id`;
  return sql`
    import_ids as (
      select ${i('id')} as id from flow join ${imports} i on ${i('masterFlowId')} = flow.link_key
      union
      select ${i('id')} from flow join ${imports} i on ${i('id')} = any(${named})
      union
      (select ${i('id')} from flow join ${imports} i on ${tenant}
        where not flow.import_linked and ${i('masterFlowId')} is null
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
        case when not flow.import_linked and ${i('id')} = any(${named}) then ${rivals(model, catalog)} else 0 end as rivals,
        ${rawCount(model, catalog)} as raw_records,
        ${rawKeys(model, catalog)} as raw_keys,
        ${guardImage(
          catalog.import,
          'i',
          Object.values(names).filter((name) => isStored(catalog.import, name)),
        )} as image
      from flow cross join import_ids join ${imports} i on ${i('id')} = import_ids.id
      order by (${i('id')} = any(${named})) is true desc, ${i('createdAt')}
      limit ${MOST_CANDIDATES}
    )`;
}

function rivals(model: FlowModel, catalog: Catalog): Sql {
  const other = (name: keyof FlowModel['child']['columns']) => column('other', model.child.columns[name]);
  return sql`(
    select count(*)::int from ${recordSource(catalog.child)} other
    where (${other('importId')} = ${column('i', model.import.columns.id)}
        or (flow.import_in_name = ${column('i', model.import.columns.id)} and ${other('name')} = flow.flow_name))
      and ${other('flowId')} <> flow.flow_id
      and ${other('status')}::text not in ${literals(model.statuses.ended)}
  )`;
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

/** The raw records that a repair of links could write, by key: a plan names every row that it touches. */
function rawLinks(model: FlowModel, catalog: Catalog): Sql {
  const { id, importId, masterFlowId } = model.rawRecords.columns;
  if (!catalog.rawRecords.exists || !isStored(catalog.rawRecords, masterFlowId)) return sql`'[]'::json`;
  const r = (name: string) => column('r', name);
  return sql`coalesce((
    select json_agg(json_build_object('id', found.id, 'importId', found.import_id, 'link', found.link, 'image', found.image))
    from (
      select ${r(id)} as id, ${r(importId)} as import_id, ${r(masterFlowId)} as link,
        ${guardImage(catalog.rawRecords, 'r', [importId, masterFlowId])} as image
      from import_facts cross join lateral (
        select * from ${recordSource(catalog.rawRecords)} r
        where ${r(importId)} = import_facts.id
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
