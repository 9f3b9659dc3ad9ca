import sql from 'sql-template-tag';
import { z } from 'zod';
import { callsOf, codeOfColumn, codeOfReading } from '../../database/catalog/install-code.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Reader } from '../../database/sql/reader.ts';

const Table = z.object({
  schema: z.string(),
  name: z.string(),
  kind: z.enum(['table', 'foreign table', 'view']),
  /** Rows that policies hide from this role are not there for it. */
  rowSecurity: z.boolean(),
  /** What reading it runs that is not PostgreSQL's own, or may change something; null where it is nothing. */
  code: z.string().nullable(),
  /** Rows by the statistics of the server; null where it has none. */
  estimate: z.number().nullable(),
  /** Columns that can hold an id. */
  columns: z.array(
    z.object({
      name: z.string(),
      /** What is stored, whatever domains stand before it; `other`: it can hold an id, and is not compared with one. */
      type: z.enum(['uuid', 'text', 'varchar', 'bpchar', 'name', 'json', 'other']),
      shape: z.enum(['value', 'array', 'array of a domain']),
      /** The column's type as the install spells it. */
      spelled: z.string(),
      readable: z.boolean(),
      /** The same of one column, which is worked out each time that it is read. */
      code: z.string().nullable(),
      /** An index over every row begins with it. */
      indexed: z.boolean(),
    }),
  ),
});
export type LocatableTable = z.infer<typeof Table>;

/** Types whose values are compared with an id as they are. */
const COMPARED = sql`'uuid'::regtype, 'text'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'name'::regtype`;

/**
 * Every table and view outside the system's schemas with the columns that can hold a flow's id. Materialized views are
 * tables; partitions count as their parent. The catalog is read by its indexes (`offset 0` keeps the lookups apart): it may be
 * much larger than what is sought.
 */
export async function locatableTables(reader: Reader): Promise<LocatableTable[]> {
  const running = sql`select table_id as oid from tables
    where relkind in ('p', 'f') or row_security_active(table_id)
      or exists (select from pg_attribute a where a.attrelid = table_id and a.attgenerated = 'v')`;
  const rows = await reader.read(sql`
    with recursive tables as materialized (
      select t.oid as table_id, n.nspname, t.relname, t.relkind, t.reltuples, has_schema_privilege(n.oid, 'USAGE') as usable
      from pg_class t
      join pg_namespace n on n.oid = t.relnamespace
      where t.relkind in ('r', 'p', 'f', 'm', 'v') and not t.relispartition
        and n.nspname not in ('pg_catalog', 'information_schema', 'flowmend') and n.nspname !~ '^pg_(temp|toast)'
    ),
    columns as materialized (
      select t.*, a.attnum, a.attname, a.atttypid, a.atttypmod
      from tables t
      cross join lateral (select * from pg_attribute a where a.attrelid = t.table_id and a.attnum > 0 offset 0) a
      where not a.attisdropped
    ),
    -- Each type down to the end of its domains and arrays: in how many arrays it stands, and whether a domain inside of one.
    chain(root, type, typmod, arrays, of_domain) as (
      select distinct atttypid, atttypid, -1, 0, false from columns
      union all
      select chain.root, case y.typtype when 'd' then y.typbasetype else y.typelem end,
        case y.typtype when 'd' then greatest(chain.typmod, y.typtypmod) else chain.typmod end,
        chain.arrays + case y.typtype when 'd' then 0 else 1 end,
        chain.of_domain or (y.typtype = 'd' and chain.arrays > 0)
      from chain cross join lateral (select * from pg_type y where y.oid = chain.type offset 0) y
      where y.typtype = 'd' or (y.typcategory = 'A' and y.typelem <> 0)
    ),
    ${callsOf(running, sql`false`)}
    select c.nspname as schema, c.relname as name,
      case c.relkind when 'f' then 'foreign table' when 'v' then 'view' else 'table' end as kind,
      row_security_active(c.table_id) as "rowSecurity",
      ${codeOfReading(sql`c.table_id`)} as code,
      nullif(case c.relkind when 'p' then (
        select sum(greatest(part.reltuples, 0))
        from pg_partition_tree(c.table_id) tree join pg_class part on part.oid = tree.relid where tree.isleaf
      ) else greatest(c.reltuples, 0) end, 0)::float8 as estimate,
      json_agg(json_build_object(
        'name', c.attname,
        'type', case
          when leaf.oid in ('json'::regtype, 'jsonb'::regtype) then 'json'
          when leaf.oid in (${COMPARED}) and stored.arrays <= 1 then leaf.typname
          else 'other' end,
        'shape', case when stored.arrays = 0 then 'value' when stored.of_domain then 'array of a domain' else 'array' end,
        'spelled', format_type(c.atttypid, c.atttypmod),
        'indexed', exists (
          select from pg_index x
          where x.indrelid = c.table_id and x.indkey[0] = c.attnum and x.indisvalid and x.indpred is null
        ),
        'readable', has_column_privilege(c.table_id, c.attnum, 'SELECT') and c.usable,
        'code', ${codeOfColumn(sql`c.table_id`, sql`c.attnum`)}
      ) order by c.attnum) as columns
    from columns c
    join chain stored on stored.root = c.atttypid
    cross join lateral (select * from pg_type leaf where leaf.oid = stored.type offset 0) leaf
    where leaf.typtype <> 'd' and not (leaf.typcategory = 'A' and leaf.typelem <> 0)
      and (leaf.oid in (${COMPARED}, 'json'::regtype, 'jsonb'::regtype)
        or leaf.typtype = 'c' or leaf.typname in ('xml', 'hstore') or (leaf.typcategory = 'S' and leaf.typlen <> 1))
      -- One that is too short cannot hold an id.
      and not (leaf.oid in ('varchar'::regtype, 'bpchar'::regtype)
        and greatest(c.atttypmod, stored.typmod) between 0 and 39)
    group by c.table_id, c.nspname, c.relname, c.relkind, c.reltuples
    order by 1, 2`);
  return parseAnswer(z.array(Table), rows, 'The catalog');
}
