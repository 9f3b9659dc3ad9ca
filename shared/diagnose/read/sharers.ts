import sql, { type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { column } from '../../database/identifier.ts';
import { parseAnswer } from '../../database/parse-answer.ts';
import type { Reader } from '../../database/reader.ts';
import { recordSource } from '../../database/record-source.ts';
import type { FlowFacts } from '../flow-facts.ts';
import type { Install } from '../install.ts';

/** Most of them that are named. */
const MOST_SHARERS = 3;

/** JSON over `flow`: other flows of its master, where the flow breaks a rule whose fix writes the master. */
export function sharersToAvoid(install: Install): Sql {
  const writing = install.rules.asked.filter((rule) => rule.fix && rule.writes?.master).map((rule) => rule.id);
  return sql`to_json(case when flow.rules && ${writing}::text[] then ${sharersOf(install, 'flow')} else '{}' end)`;
}

/** `uuid[]`: other flows that stand on the master of one row of the flow relation, with this alias. */
export function sharersOf(install: Install, alias: string): Sql {
  const { child, masterFlowId, flowId } = childOf(install);
  const key = column(alias, masterKeyName(install));
  return sql`array(
    select ${flowId} from ${child} other
    where (${masterFlowId} = ${key} or ${masterFlowId} is null and ${flowId} = ${key})
      and ${flowId} <> ${column(alias, 'flow_id')}
    order by 1 limit ${MOST_SHARERS}
  )`;
}

/** The key by which flows name the master of this one; null where it has none. */
export function masterKeyOf({ row }: Pick<FlowFacts, 'row'>, install: Install): string | null {
  return row[masterKeyName(install)];
}

const Shared = z.object({ key: z.string(), flows: z.array(z.string()) });

/** Of the masters with these keys, those on which several flows stand: two of these flows each. One statement for all. */
export async function sharedMasters(
  reader: Reader,
  install: Install,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (keys.length === 0) return new Map();
  const { child, masterFlowId, flowId } = childOf(install);
  const all = sql`unnest(${[...keys]}::uuid[]) as master(key)`;
  const rows = await reader.read(sql`
    select key, (array_agg(flow_id order by flow_id))[1:2]::text[] as flows
    from (
      select key, ${flowId} as flow_id from ${all} join ${child} other on ${masterFlowId} = key
      union all
      select key, ${flowId} from ${all} join ${child} other on ${flowId} = key where ${masterFlowId} is null
    ) standing
    group by key having count(*) > 1`);
  return new Map(parseAnswer(z.array(Shared), rows, 'A shared master').map(({ key, flows }) => [key, flows] as const));
}

function masterKeyName({ model, catalog }: Install): 'link_key' | 'link_other_key' {
  return catalog.linkTargets.import === model.master.columns.id ? 'link_other_key' : 'link_key';
}

function childOf({ model, catalog }: Install): { child: Sql; masterFlowId: Sql; flowId: Sql } {
  const { masterFlowId, flowId } = model.child.columns;
  return {
    child: recordSource(catalog.child),
    masterFlowId: column('other', masterFlowId),
    flowId: column('other', flowId),
  };
}
