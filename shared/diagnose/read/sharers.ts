import sql, { join, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column, tableIdent } from '../../database/sql/identifier.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Reader } from '../../database/sql/reader.ts';
import type { FlowFacts } from '../../rules/facts/flow-facts.ts';
import type { Install } from '../../rules/rule/rule-set.ts';

/** Most of them that are named. */
const MAX_SHARERS = 3;

/** JSON over `flow`: other flows of its master, where the flow breaks a rule whose fix writes the master. */
export function sharersToAvoid(install: Install): Sql {
  const writing = install.rules.asked.filter((rule) => rule.fix && rule.writes?.master).map((rule) => rule.id);
  return sql`to_json(case when flow.rules && ${writing}::text[] then ${sharersOf(install, 'flow')} else '{}' end)`;
}

/** `uuid[]`: other flows that stand on the master of one row of the flow relation, with this alias. */
function sharersOf(install: Install, alias: string): Sql {
  const keys = sql`(${column(alias, masterKeyName(install))}, ${column(alias, 'master_id')})`;
  const others = standing(install).map(({ flows, flowId, names, own }) => {
    const named = join(
      names.map((name) => sql`${name} in ${keys}`),
      ' or ',
    );
    const another = own ? sql`${flowId} <> ${column(alias, 'flow_id')}` : sql`true`;
    return sql`select ${flowId} as flow_id from ${flows} other where (${named}) and ${another}`;
  });
  return sql`array(
    select one.flow_id from (${join(others, ' union all ')}) one order by 1 limit ${MAX_SHARERS}
  )`;
}

/** What flows may name a master by: its flow id, as they should, and its own id, as code writes that confuses the two. */
export interface MasterKeys {
  readonly flowId: string;
  readonly id: string;
}

/** Null where the flow has no master. */
export function masterKeysOf({ row }: Pick<FlowFacts, 'row'>, install: Install): MasterKeys | null {
  const flowId = row[masterKeyName(install)];
  return flowId === null || row.master_id === null ? null : { flowId, id: row.master_id };
}

const Shared = z.object({ flow_id: z.string(), other: z.string() });

/**
 * Of these flows, those on whose masters another flow stands too: flow -> one such flow. One statement for all.
 * @param masters flow -> its master
 */
export async function sharedMasters(
  reader: Reader,
  install: Install,
  masters: ReadonlyMap<string, MasterKeys>,
): Promise<ReadonlyMap<string, string>> {
  if (masters.size === 0) return new Map();
  const keys = [...masters].flatMap(([flow, { flowId, id }]) => [[flow, flowId] as const, [flow, id] as const]);
  const rows = await reader.read(sql`
    with master as (
      select * from unnest(${keys.map(([flow]) => flow)}::uuid[], ${keys.map(([, key]) => key)}::uuid[]) as m (of_flow, key)
    )
    select of_flow as flow_id, min(flow_id::text) as other from (${standingOnMasters(install)}) one group by of_flow`);
  return new Map(parseAnswer(z.array(Shared), rows, 'A shared master').map(({ flow_id, other }) => [flow_id, other]));
}

/** Rows (of_flow, flow_id) of other flows that stand on the masters of a CTE `master` (of_flow, key). */
export function standingOnMasters(install: Install): Sql {
  // A join for each column: one by any of them could not be hashed.
  const others = standing(install).flatMap(({ flows, flowId, names, own }) =>
    names.map((name) => {
      const another = own ? sql`${flowId} <> master.of_flow` : sql`true`;
      return sql`select master.of_flow, ${flowId} as flow_id
        from master join ${flows} other on ${name} = master.key where ${another}`;
    }),
  );
  return join(others, ' union all ');
}

function masterKeyName({ model, catalog }: Install): 'link_key' | 'link_other_key' {
  return catalog.linkTargets.import === model.master.columns.id ? 'link_other_key' : 'link_key';
}

/** Flows of one kind, behind the alias `other`. */
interface Standing {
  readonly flows: Sql;
  readonly flowId: Sql;
  /** What may hold a key of the master on which the flow stands: the platform goes by either. */
  readonly names: readonly Sql[];
  /** Of the kind that is looked at: the flow itself is among them. */
  readonly own: boolean;
}

/** Flows of every kind: which one a master is of, nothing but they tell. */
function standing({ model, catalog }: Install): Standing[] {
  const { flowId, masterFlowId } = model.child.columns;
  const of = (flows: Sql, own: boolean, ids: string, pointers: string | null): Standing => ({
    flows,
    flowId: column('other', ids),
    names: [ids, ...(pointers === null ? [] : [pointers])].map((name) => column('other', name)),
    own,
  });
  return [
    of(recordSource(catalog.child), true, flowId, masterFlowId),
    ...catalog.otherKinds.map((kind) => of(tableIdent(kind.table), false, kind.flowId, kind.masterFlowId)),
  ];
}
