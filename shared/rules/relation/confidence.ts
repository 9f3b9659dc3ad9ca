import sql, { join, type Sql } from 'sql-template-tag';
import { literal, literals } from '../../database/sql/identifier.ts';
import { asJsonb, hasKeys } from '../../database/sql/json-column.ts';
import { CONFIDENCE } from '../../flow/mappings.ts';
import type { FlowModel } from '../../flow/model.ts';
import { awaitsApproval } from './phase-columns.ts';
import type { RecordColumns } from './record-columns.ts';

/** Fields named as the lowest; the rest is counted. */
const MAX_NAMED = 10;

/**
 * How sure the platform is of the mappings that wait for an approval, counted by PostgreSQL. NULL for flows that wait for
 * none, so that no other mapping is unpacked.
 */
export function confidence(model: FlowModel, r: RecordColumns): Sql {
  const inChild = hasKeys(r.childMappings, model.mappingsReservedKeys);
  const mappings = sql`case when ${inChild} then ${asJsonb(r.childMappings)} else ${asJsonb(r.masterMappings)} end`;
  return sql`case when ${awaitsApproval(model, r)} then (
    select jsonb_build_object(
      'high', count(*) filter (where sure >= ${CONFIDENCE.high}::numeric),
      'medium', count(*) filter (where sure >= ${CONFIDENCE.medium}::numeric and sure < ${CONFIDENCE.high}::numeric),
      'low', count(*) filter (where sure < ${CONFIDENCE.medium}::numeric),
      'unknown', count(*) filter (where sure is null),
      'lowest', coalesce(to_jsonb(
        (array_agg(name order by sure, name) filter (where sure < ${CONFIDENCE.medium}::numeric))[1:${MAX_NAMED}::int]), '[]')
    )
    from (
      select ${r.passable(sql`entry.key`)} as name, ${sureOf(model)} as sure
      from (select ${mappings} as value offset '0') mappings
      cross join lateral jsonb_each(case when jsonb_typeof(mappings.value) = 'object' then mappings.value end) entry
      where entry.key not in ${literals(model.mappingsReservedKeys)}
    ) mapping
  ) end`;
}

/** A mapping's own number, else the one that the mappings keep for its field; numbers from 0 to 1 only. */
function sureOf({ mappingKeys, mappingsReservedKeys }: FlowModel): Sql {
  const number = (value: Sql) => sql`case when jsonb_typeof(${value}) = 'number' then
    case when (${value})::numeric between 0 and 1 then (${value})::numeric end end`;
  const own = mappingKeys.confidence.map((key) => number(sql`entry.value -> ${literal(key)}`));
  const kept = mappingsReservedKeys.map((key) => number(sql`mappings.value -> ${literal(key)} -> entry.key`));
  return sql`coalesce(${join([...own, ...kept, sql`null::numeric`])})`;
}
