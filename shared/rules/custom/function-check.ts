import sql from 'sql-template-tag';
import { BUILT_IN } from '../../database/catalog/install-code.ts';
import type { Reader } from '../../database/sql/reader.ts';
import { catalogTypes } from './catalog-types.ts';
import { Verdicts, whyNot } from './verdicts.ts';
import { LEFT_JOIN_TAKES } from './what-it-takes.ts';

/**
 * What speaks against functions of PostgreSQL in a predicate: one that is volatile, gives many rows, or reads tables, the
 * catalog or settings. PostgreSQL's own catalog tells, so a new version brings its own list. It does not tell what a stable
 * function looks at: one over times does for the time zone, one over any type for how that type is written, to_number for the
 * signs of numbers; every other one is taken for one that looks something up.
 * @returns name -> why it may not be called; nothing for one that may
 */
export async function refusedFunctions(reader: Reader, names: readonly string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const rows = await reader.read(sql`
    select asked.name, case
      when count(p.oid) = 0 then 'is no function of PostgreSQL itself'
      when not bool_and(${BUILT_IN}) then 'has a form that is not PostgreSQL''s own'
      when bool_or(p.prokind = 'a') then 'is an aggregate'
      when bool_or(p.prokind <> 'f') then 'is no plain function'
      when bool_or(p.proretset) then 'gives many rows'
      when bool_or(p.provolatile = 'v') then 'is volatile: it may answer differently each time, or change something'
      when not bool_or(p.proparallel = 's' and not takes.types && inside.types
          and (p.provolatile = 'i' or takes.harmless and p.proname !~ '^pg_' or p.proname = 'to_number'))
        then 'looks at tables, at the session or into PostgreSQL itself'
    end as verdict
    from unnest(${[...new Set(names)]}::text[]) asked (name)
    cross join (
      select array['oid', 'internal', 'cstring']::regtype[]::oid[] || of_catalog.types || of_catalog.of_session as types
      from ${catalogTypes} of_catalog
    ) inside
    left join pg_catalog.pg_proc p on p.proname = asked.name and p.pronamespace = 'pg_catalog'::regnamespace
    ${LEFT_JOIN_TAKES}
    group by asked.name`);
  return whyNot(Verdicts.parse(rows));
}
