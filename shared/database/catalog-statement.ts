import sql, { type Sql } from 'sql-template-tag';

/**
 * Everything the catalog says about the named tables in any schema this role can see: one JSON document per table.
 * Reads only pg_catalog; no privileges on the tables themselves are needed.
 */
export function catalogStatement(tables: readonly string[]): Sql {
  return sql`
    select
      n.nspname as schema,
      t.relname as name,
      (t.relkind in ('v', 'm')) as view,
      -- A view that reads as its reader is under the policies of its table.
      row_security_active(case when t.reloptions::text ~ 'security_invoker=(true|on|yes|1)' then base.oid else t.oid end)
        as row_security,
      -- 4: UPDATE, by itself or by a trigger of a view.
      (pg_relation_is_updatable(t.oid, true) & 4) > 0 as updatable,
      has_table_privilege(t.oid, 'SELECT') as readable,
      -- Locking a row asks for the right to update some column of it.
      has_any_column_privilege(t.oid, 'UPDATE') as writable,
      (
        select json_agg(json_build_object(
          'name', a.attname,
          'type', format_type(stored.type, null),
          'length', case when stored.type = 'varchar'::regtype and stored.typmod > 4 then stored.typmod - 4 end,
          'notNull', a.attnotnull,
          -- Of a view that can be written through: columns that are computed from others.
          'generated', a.attgenerated <> '' or a.attidentity = 'a' or (pg_relation_is_updatable(t.oid, false) & 4) > 0
            and t.relkind = 'v' and not pg_column_is_updatable(t.oid, a.attnum, false),
          'labels', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = stored.type),
          'readable', has_column_privilege(t.oid, a.attnum, 'SELECT'),
          'writable', has_column_privilege(t.oid, a.attnum, 'UPDATE')
        ) order by a.attnum)
        from pg_attribute a join pg_type y on y.oid = a.atttypid
        -- A domain is stored as the type that it is made of.
        cross join lateral (
          select case when y.typtype = 'd' then y.typbasetype else y.oid end as type,
            case when y.typtype = 'd' then y.typtypmod else a.atttypmod end as typmod
        ) stored
        where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
      ) as columns,
      coalesce((
        select json_agg(json_build_object(
          'name', c.conname,
          'columns', (
            select json_agg(a.attname) from pg_attribute a where a.attrelid = base.oid and a.attnum = any(c.conkey)
          ),
          'expression', pg_get_expr(c.conbin, c.conrelid)
        ) order by c.conname)
        from pg_constraint c
        where c.conrelid = base.oid and c.contype = 'c'
      ), '[]') as checks,
      coalesce((
        select json_agg(json_build_object(
          'name', c.conname,
          'column', a.attname,
          'targetTable', ft.relname,
          'targetColumn', fa.attname
        ) order by c.conname)
        from pg_constraint c
        join pg_attribute a on a.attrelid = base.oid and a.attnum = c.conkey[1]
        join pg_class ft on ft.oid = c.confrelid
        join pg_attribute fa on fa.attrelid = c.confrelid and fa.attnum = c.confkey[1]
        where c.conrelid = base.oid and c.contype = 'f' and cardinality(c.conkey) = 1
      ), '[]') as foreign_keys
    from pg_class t
    join pg_namespace n on n.oid = t.relnamespace
    -- The constraints of a view over one table are those of the table.
    cross join lateral (
      select case when t.relkind = 'v' and count(distinct d.refobjid) = 1 then min(d.refobjid) else t.oid end as oid
      from pg_rewrite r join pg_depend d on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass
      where r.ev_class = t.oid and d.refclassid = 'pg_class'::regclass and d.refobjid <> t.oid
    ) base
    where t.relname = any(${[...tables]}::text[])
      and t.relkind in ('r', 'p', 'v', 'm', 'f')
      and n.nspname not in ('pg_catalog', 'information_schema')
      and n.nspname !~ '^pg_(temp|toast)'
    order by 1, 2`;
}
