import sql from 'sql-template-tag';
import { z } from 'zod';
import type { Reader } from '../../database/reader.ts';

const Verdicts = z.array(z.object({ name: z.string(), verdict: z.string().nullable() }));

/**
 * What speaks against functions of PostgreSQL in a predicate: one that is volatile, gives many rows, or reads tables or
 * the catalog. PostgreSQL's own catalog tells, so a new version brings its own list.
 * @returns name -> why it may not be called; nothing for one that may
 */
export async function refusedFunctions(reader: Reader, names: readonly string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const rows = await reader.read(sql`
    select asked.name, case
      when count(p.oid) = 0 then 'is no function of PostgreSQL itself'
      when bool_or(p.prokind = 'a') then 'is an aggregate'
      when bool_or(p.prokind <> 'f') then 'is no plain function'
      when bool_or(p.proretset) then 'gives many rows'
      when bool_or(p.provolatile = 'v') then 'is volatile: it may answer differently each time, or change something'
      when not bool_or(p.proparallel = 's' and not p.proargtypes::oid[] && inside.types)
        then 'looks at tables, at the session or into PostgreSQL itself'
    end as verdict
    from unnest(${[...new Set(names)]}::text[]) asked (name)
    cross join (select array['oid', 'regclass', 'regproc', 'internal', 'cstring']::regtype[]::oid[] as types) inside
    left join pg_catalog.pg_proc p on p.proname = asked.name and p.pronamespace = 'pg_catalog'::regnamespace
    group by asked.name`);
  return new Map(Verdicts.parse(rows).flatMap(({ name, verdict }) => (verdict === null ? [] : [[name, verdict]])));
}
