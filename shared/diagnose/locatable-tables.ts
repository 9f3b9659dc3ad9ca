import sql from 'sql-template-tag';
import { z } from 'zod';
import { parseAnswer } from '../database/parse-answer.ts';
import type { Reader } from '../database/reader.ts';

const Tables = z.array(
  z.object({
    schema: z.string(),
    name: z.string(),
    readable: z.boolean(),
    /** Columns that can hold an id, by how it is compared. */
    columns: z.array(z.object({ name: z.string(), kind: z.enum(['uuid', 'text', 'json']) })),
  }),
);
export type LocatableTable = z.infer<typeof Tables>[number];

/** Every table outside the system's schemas with the columns that can hold a flow's id. Partitions count as their parent. */
export async function locatableTables(reader: Reader): Promise<LocatableTable[]> {
  const rows = await reader.read(sql`
    select n.nspname as schema, t.relname as name,
      bool_and(has_column_privilege(t.oid, a.attnum, 'SELECT')) and has_schema_privilege(n.oid, 'USAGE') as readable,
      json_agg(json_build_object('name', a.attname, 'kind', case
        when a.atttypid = 'uuid'::regtype then 'uuid'
        when a.atttypid in ('json'::regtype, 'jsonb'::regtype) then 'json'
        else 'text' end) order by a.attnum) as columns
    from pg_class t
    join pg_namespace n on n.oid = t.relnamespace
    join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
      and (a.atttypid in ('uuid'::regtype, 'text'::regtype, 'json'::regtype, 'jsonb'::regtype)
        -- A varchar that is too short cannot hold an id.
        or (a.atttypid = 'varchar'::regtype and (a.atttypmod = -1 or a.atttypmod >= 40)))
    where t.relkind in ('r', 'p', 'f') and not t.relispartition
      and n.nspname not in ('pg_catalog', 'information_schema', 'flowmend') and n.nspname !~ '^pg_(temp|toast)'
    group by n.oid, n.nspname, t.relname
    order by 1, 2`);
  return parseAnswer(Tables, rows, 'The catalog');
}
