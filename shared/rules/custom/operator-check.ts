import sql from 'sql-template-tag';
import { BUILT_IN } from '../../database/catalog/install-code.ts';
import type { Reader } from '../../database/sql/reader.ts';
import { Verdicts, whyNot } from './verdicts.ts';
import { LEFT_JOIN_TAKES } from './what-it-takes.ts';

/**
 * What speaks against operators in a predicate, by the functions behind them: one of a text search looks at a setting of the
 * session. Which of the operators of one name is meant, only the types tell, so each of them counts.
 * @returns name -> why it may not be used; nothing for one that may, or that is not there
 */
export async function refusedOperators(reader: Reader, names: readonly string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const rows = await reader.read(sql`
    select o.oprname as name, case
      when not bool_and(${BUILT_IN}) then 'has a form that is not PostgreSQL''s own'
      when not bool_and(p.provolatile = 'i' or p.provolatile = 's' and takes.harmless) then 'looks at settings of the session'
    end as verdict
    from pg_catalog.pg_operator o
    join pg_catalog.pg_proc p on p.oid = o.oprcode
    ${LEFT_JOIN_TAKES}
    where o.oprname = any(${[...new Set(names)]}::text[]) and o.oprnamespace = 'pg_catalog'::regnamespace
    group by o.oprname`);
  return whyNot(Verdicts.parse(rows));
}
