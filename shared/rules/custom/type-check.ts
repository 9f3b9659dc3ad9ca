import sql from 'sql-template-tag';
import type { Reader } from '../../database/sql/reader.ts';
import { catalogTypes } from './catalog-types.ts';
import { Verdicts, whyNot } from './verdicts.ts';

/**
 * What speaks against types of PostgreSQL in a predicate: a cast to one looks a name up in the catalog or rests on the
 * session, or it is the type of whole rows, whose columns may be of such a type. A type that is not there is left to the planner.
 * @returns name -> why nothing may be cast to it; nothing for one that may
 */
export async function refusedTypes(reader: Reader, names: readonly string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const rows = await reader.read(sql`
    select t.typname as name, case
      when element.oid = any(of_catalog.types) then 'looks into the catalog of PostgreSQL'
      when element.typtype = 'c' then 'is the type of a whole row'
      when element.oid = any(of_catalog.of_session) then 'rests on the session'
    end as verdict
    from ${catalogTypes} of_catalog
    cross join pg_catalog.pg_type t
    -- Also of an array.
    join pg_catalog.pg_type element on element.oid = coalesce(nullif(t.typelem, 0), t.oid)
    where t.typname = any(${[...new Set(names)]}::text[]) and t.typnamespace = 'pg_catalog'::regnamespace`);
  return whyNot(Verdicts.parse(rows));
}
