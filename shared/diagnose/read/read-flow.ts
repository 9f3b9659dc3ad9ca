import sql, { type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { recordSource } from '../../database/catalog/record-source.ts';
import { guardImage } from '../../database/sql/guard-image.ts';
import { column } from '../../database/sql/identifier.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Reader } from '../../database/sql/reader.ts';
import { isStored } from '../../database/sql/table.ts';
import { approvalPhase, type FlowModel, flagColumns } from '../../flow/model.ts';
import { FlowFacts } from '../../rules/facts/flow-facts.ts';
import { judgedAll } from '../../rules/judge/judgement.ts';
import { namingTheRule } from '../../rules/judge/rule-failure.ts';
import { recordColumns } from '../../rules/relation/record-columns.ts';
import type { Install } from '../../rules/rule/rule-set.ts';
import { flowsOfRecord } from '../find/flows-of-record.ts';
import { noSuchFlow } from '../find/no-such-flow.ts';
import { type Depth, ofMany, ofOne } from './depth.ts';
import { importsOf } from './imports.ts';
import { rawLinks } from './raw-links.ts';

/**
 * Reads one flow with everything that its diagnosis and its plan need: one statement, one snapshot.
 * @param flowId a whole id
 * @throws Failure `unknown-flow`; `wrong-data` where a column holds what the flow model cannot read; `rule-failed`
 */
export async function readFlow(reader: Reader, install: Install, flowId: string): Promise<FlowFacts> {
  const { model } = install;
  const statement = factsStatement(install, theFlow(flowId), ofOne(install));
  const [found] = await reader.read(statement).catch(async (thrown: unknown) => {
    throw await namingTheRule(thrown, {
      install,
      reader,
      reach: 'every flow',
      chosen: theFlow(flowId),
      flowIds: [flowId],
    });
  });
  if (found === undefined) throw noSuchFlow(model, flowId, await ofRecord(reader, install, flowId));
  return parseAnswer(z.object({ facts: FlowFacts }), found, `Flow ${flowId}`).facts;
}

/**
 * The same for many flows in one statement, as far as their plans need it: the records of linked imports are not counted,
 * imports near in time are only looked for where a flow names none, and the past is not read. A flow that does not exist is
 * not in the answer.
 * @throws Failure `wrong-data`; `rule-failed`
 */
export async function readFlows(reader: Reader, install: Install, flowIds: readonly string[]): Promise<FlowFacts[]> {
  const chosen = sql`f.flow_id = any(${[...flowIds]}::uuid[])`;
  const rows = await reader.read(factsStatement(install, chosen, ofMany(install))).catch(async (thrown: unknown) => {
    throw await namingTheRule(thrown, { install, reader, reach: 'every flow', chosen, flowIds });
  });
  return parseAnswer(z.array(z.object({ facts: FlowFacts })), rows, 'A flow').map(({ facts }) => facts);
}

/** What cannot be found out does not hide that there is no such flow. */
function ofRecord(reader: Reader, install: Install, id: string): Promise<string | undefined> {
  return flowsOfRecord(reader, install, id).catch(() => undefined);
}

function theFlow(flowId: string): Sql {
  return sql`f.flow_id = ${flowId}::uuid`;
}

function factsStatement(install: Install, chosen: Sql, depth: Depth): Sql {
  const { model, catalog } = install;
  const child = (name: keyof FlowModel['child']['columns']) => column('c', model.child.columns[name]);
  const { masterMappings } = recordColumns(model, catalog);
  const stored = (record: 'child' | 'master' | 'import', names: readonly string[]) =>
    names.filter((name) => isStored(catalog[record], name));
  return sql`
    with flow as materialized (
      ${judgedAll(install, 'every flow', chosen)}
    ) ${depth.claimsOfAll}
    select json_build_object(
      'row', to_json(flow),
      'rules', flow.rules,
      'mappings', json_build_object(
        'child', nullif(${child('mappings')}::text, 'null'),
        'master', nullif((${masterMappings.value})::text, 'null'),
        'equal', flow.mappings_equal
      ),
      'mentions_mapping', ${mentionsApproval(model)},
      'imports', of_flow.imports,
      'rawLinks', of_flow.raw_links,
      'mappingRows', of_flow.mapping_rows,
      'sharers', ${depth.sharers},
      'history', ${depth.history},
      'passedOver', ${depth.passedOver},
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
    left join ${recordSource(catalog.master)} m on ${column('m', model.master.columns.id)} = flow.master_id
    cross join lateral (
      with ${importsOf(model, catalog, depth)}${depth.mappingRows.read}
      select coalesce((select json_agg(to_json(import_facts)) from import_facts), '[]') as imports,
        ${rawLinks(install)} as raw_links, ${depth.mappingRows.facts} as mapping_rows
    ) of_flow`;
}

/** True where the master's persistence data has the name of the phase to approve anywhere in it. */
function mentionsApproval(model: FlowModel): Sql {
  const phase = approvalPhase(model);
  if (!phase) return sql`false`;
  const persistence = column('m', model.master.columns.persistence);
  const names = [phase.name, ...phase.aliases];
  return sql`exists(select from unnest(${names}::text[]) as name where position(name in ${persistence}::text) > 0)`;
}
