import sql from 'sql-template-tag';
import { z } from 'zod';
import { parseAnswer } from '../database/parse-answer.ts';
import type { Reader } from '../database/reader.ts';

const Table = z.object({
  schema: z.string(),
  name: z.string(),
  kind: z.enum(['table', 'foreign table', 'view']),
  /** Rows that policies hide from this role are not there for it. */
  rowSecurity: z.boolean(),
  /** Rows by the statistics of the server; null where it has none. */
  estimate: z.number().nullable(),
  /** Columns that can hold an id, by how it is compared; `uuids` and `texts` are arrays. */
  columns: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['uuid', 'text', 'json', 'uuids', 'texts']),
      readable: z.boolean(),
      /** An index over every row begins with it. */
      indexed: z.boolean(),
    }),
  ),
});
export type LocatableTable = z.infer<typeof Table>;

/**
 * Every table and view outside the system's schemas with the columns that can hold a flow's id. Materialized views are
 * tables; partitions count as their parent.
 */
export async function locatableTables(reader: Reader): Promise<LocatableTable[]> {
  const rows = await reader.read(sql`
    select n.nspname as schema, t.relname as name,
      case t.relkind when 'f' then 'foreign table' when 'v' then 'view' else 'table' end as kind,
      row_security_active(t.oid) as "rowSecurity",
      (
        select nullif(sum(greatest(part.reltuples, 0)), 0)::float8 from pg_class part
        where part.oid = t.oid or part.oid in (select relid from pg_partition_tree(t.oid))
      ) as estimate,
      json_agg(json_build_object(
        'name', a.attname,
        'kind', case
          when stored.type = 'uuid'::regtype then 'uuid'
          when stored.type = 'uuid[]'::regtype then 'uuids'
          when stored.type = 'text[]'::regtype then 'texts'
          when stored.type in ('json'::regtype, 'jsonb'::regtype) then 'json'
          else 'text' end,
        'indexed', exists (
          select from pg_index x where x.indrelid = t.oid and x.indkey[0] = a.attnum and x.indisvalid and x.indpred is null
        ),
        'readable', has_column_privilege(t.oid, a.attnum, 'SELECT') and has_schema_privilege(n.oid, 'USAGE')
      ) order by a.attnum) as columns
    from pg_class t
    join pg_namespace n on n.oid = t.relnamespace
    join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    join pg_type y on y.oid = a.atttypid
    cross join lateral (
      select case when y.typtype = 'd' then y.typbasetype else y.oid end as type,
        case when y.typtype = 'd' then y.typtypmod else a.atttypmod end as typmod
    ) stored
    where t.relkind in ('r', 'p', 'f', 'm', 'v') and not t.relispartition
      and n.nspname not in ('pg_catalog', 'information_schema', 'flowmend') and n.nspname !~ '^pg_(temp|toast)'
      and (stored.type in ('uuid'::regtype, 'uuid[]'::regtype, 'text'::regtype, 'text[]'::regtype, 'json'::regtype,
          'jsonb'::regtype)
        -- One that is too short cannot hold an id.
        or (stored.type in ('varchar'::regtype, 'bpchar'::regtype) and (stored.typmod = -1 or stored.typmod >= 40)))
    group by t.oid, n.nspname, t.relname, t.relkind
    order by 1, 2`);
  return parseAnswer(z.array(Table), rows, 'The catalog');
}
