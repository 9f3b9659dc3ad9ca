import sql, { join, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column } from '../../database/sql/identifier.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Reader } from '../../database/sql/reader.ts';
import type { Install } from '../../rules/rule/rule-set.ts';
import { claimsOfLinks } from './claims.ts';
import { standingOnMasters } from './sharers.ts';

/** Records that a repair or its undo writes, each with the flow for which it does. */
export interface WrittenRecords {
  /** By their own ids. */
  readonly masters: readonly { readonly flowId: string; readonly id: string }[];
  /** Those that get the link of the flow. */
  readonly imports: readonly { readonly flowId: string; readonly id: string }[];
}

const OtherFlow = z.object({
  record: z.enum(['master', 'import']),
  flow_id: z.string(),
  id: z.string(),
  /** One of them. */
  other: z.string(),
  flows: z.number(),
});
export type OtherFlow = z.infer<typeof OtherFlow>;

/**
 * Other flows that stand on these masters, and other open flows that name these imports, as it is now: what no guard of a
 * row tells. One statement, however many records; none where there are none.
 */
export async function otherFlowsOf(
  reader: Reader,
  install: Install,
  { masters, imports }: WrittenRecords,
): Promise<OtherFlow[]> {
  if (masters.length + imports.length === 0) return [];
  const asked = [
    ...(masters.length === 0 ? [] : [{ ctes: mastersOf(install, masters), rows: onMasters(install) }]),
    ...(imports.length === 0 ? [] : [{ ctes: claimsOn(install, imports), rows: NAMING }]),
  ];
  const rows = await reader.read(sql`
    with ${join(asked.map(({ ctes }) => ctes))}
    ${join(
      asked.map(({ rows }) => rows),
      ' union all ',
    )}`);
  return parseAnswer(z.array(OtherFlow), rows, 'Another flow of a record');
}

/** `master`: each key by which a flow may name one of the masters. */
function mastersOf({ model, catalog }: Install, masters: WrittenRecords['masters']): Sql {
  const m = (name: 'id' | 'flowId') => column('m', model.master.columns[name]);
  return sql`master as materialized (
    select wanted.flow_id as of_flow, wanted.id, keys.key
    from unnest(${masters.map(({ flowId }) => flowId)}::uuid[], ${masters.map(({ id }) => id)}::uuid[])
      as wanted(flow_id, id)
    join ${recordSource(catalog.master)} m on ${m('id')} = wanted.id
    cross join lateral (values (${m('id')}), (${m('flowId')})) as keys(key)
  )`;
}

function onMasters(install: Install): Sql {
  return sql`select 'master' as record, one.of_flow as flow_id, min(m.id::text) as id, min(one.flow_id::text) as other,
      count(distinct one.flow_id)::int as flows
    from (${standingOnMasters(install)}) one join master m on m.of_flow = one.of_flow
    group by one.of_flow`;
}

function claimsOn({ model, catalog }: Install, imports: WrittenRecords['imports']): Sql {
  return sql`linking as materialized (
    select * from unnest(${imports.map(({ flowId }) => flowId)}::uuid[], ${imports.map(({ id }) => id)}::uuid[])
      as wanted(flow_id, import_id)
  ) ${claimsOfLinks(model, catalog)}`;
}

const NAMING = sql`select 'import' as record, flow_id, import_id::text as id, min(claimant::text) as other,
    count(distinct claimant)::int as flows
  from claims where not ended group by flow_id, import_id`;
