import sql, { type Sql } from 'sql-template-tag';
import { namedServer } from '../sql/server-identity.ts';
import { actsAfterUpdate } from './acts-after-update.ts';
import { callsOf, codeOfColumn, codeOfReading, codeOfType, unjudgeable } from './install-code.ts';
import { laterMarksIn } from './later-marks.ts';

/**
 * Everything the catalog says about the named tables in any schema this role can see: one JSON document per table.
 * Reads only pg_catalog; no privileges on the tables themselves are needed.
 * @param system the identifier of the server, or null
 */
export function catalogStatement(tables: readonly string[], system: Sql): Sql {
  const asked = sql`select oid from pg_class where relname = any(${[...tables]}::text[]) and relkind in ('r', 'p', 'v', 'f')`;
  return sql`
    -- Every domain down to the type that is stored, whatever domains stand between.
    with recursive made_of (domain, type, typmod, not_null, depth) as (
      select oid, oid, -1, false, 0 from pg_type where typtype = 'd'
      union all
      select made_of.domain, y.typbasetype, y.typtypmod, made_of.not_null or y.typnotnull, depth + 1
      from made_of join pg_type y on y.oid = made_of.type where y.typtype = 'd'
    ),
    ${callsOf(asked, sql`(c.contypid <> 0 or c.conrelid in (select relation from reached))`)}
    select
      n.nspname as schema,
      t.relname as name,
      current_setting('server_version_num')::int / 10000 as release,
      ${namedServer(system)} as server,
      getdatabaseencoding() as encoding,
      -- A view that reads as its reader is under the policies of its table.
      row_security_active(case when t.reloptions::text ~ 'security_invoker=(true|on|yes|1)' then base.oid else t.oid end)
        as row_security,
      -- 4: UPDATE, by itself or by a trigger of a view.
      (pg_relation_is_updatable(t.oid, true) & 4) > 0 as updatable,
      -- Locking a row asks for the right to update some column of it.
      has_any_column_privilege(t.oid, 'UPDATE') as writable,
      ${codeOfReading(sql`t.oid`)} as code,
      -- A view may have a rule in the place of what PostgreSQL would do. What is one more or depends stops a repair's UPDATE.
      coalesce((
        select json_agg(r.rulename order by r.rulename) from pg_rewrite r join pg_class c on c.oid = r.ev_class
        where r.ev_class in (t.oid, base.oid) and r.ev_type = '2' and r.ev_enabled <> 'D'
          and not (c.relkind = 'v' and r.is_instead and r.ev_qual::text = '<>')
      ), '[]') as update_rules,
      ${actsAfterUpdate(sql`t.oid`)} as acts_after_update,
      (
        select json_agg(json_build_object(
          'name', a.attname,
          -- Without a length: "character" alone is one of 1.
          'type', format_type(stored.type, case stored.type when 'bpchar'::regtype then -1 end),
          'length', case when stored.type in ('varchar'::regtype, 'bpchar'::regtype) and stored.typmod > 4 then stored.typmod - 4 end,
          'decimals', case
            when stored.type in ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype) then 0
            when stored.type = 'numeric'::regtype and stored.typmod > 4
              then greatest(0, (((stored.typmod - 4) & 2047) # 1024) - 1024) end,
          'notNull', a.attnotnull or stored.not_null,
          'identifies', (t.relkind in ('r', 'p') or t.relkind = 'v' and pg_column_is_updatable(t.oid, a.attnum, false)
              -- With rules of its own a view is updatable whatever it selects.
              and (select count(*) = 1 from pg_rewrite r where r.ev_class = t.oid))
            and exists (
              select from pg_index x
              join pg_class b on b.oid = x.indrelid
              join pg_attribute k on k.attrelid = b.oid and k.attname = a.attname and k.attnotnull
              where b.oid = base.oid and x.indisunique and x.indisvalid and x.indpred is null
                -- A partitioned table can promise an id only along with what it is partitioned by.
                and case b.relkind when 'p' then k.attnum = any((x.indkey::int2[])[0:x.indnkeyatts - 1])
                  else not b.relhassubclass and x.indnkeyatts = 1 and k.attnum = x.indkey[0] end
            ),
          -- Of a view that can be written through: columns that are computed from others.
          'generated', a.attgenerated <> '' or a.attidentity = 'a' or (pg_relation_is_updatable(t.oid, false) & 4) > 0
            and t.relkind = 'v' and not pg_column_is_updatable(t.oid, a.attnum, false),
          'nulls', case when stored.type = 'uuid'::regtype and not a.attnotnull then (
            select max(s.null_frac) from pg_stats s
            where s.schemaname = n.nspname and s.tablename = t.relname and s.attname = a.attname
          ) end,
          'labels', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = stored.type),
          'code', coalesce(${codeOfColumn(sql`t.oid`, sql`a.attnum`)}, ${codeOfType(sql`stored.type`)}),
          'readable', has_column_privilege(t.oid, a.attnum, 'SELECT'),
          'writable', has_column_privilege(t.oid, a.attnum, 'UPDATE')
        ) order by a.attnum)
        from pg_attribute a
        left join lateral (
          select type, typmod, not_null from made_of where domain = a.atttypid order by depth desc limit 1
        ) inside on true
        cross join lateral (
          select coalesce(inside.type, a.atttypid) as type, coalesce(inside.typmod, a.atttypmod) as typmod,
            coalesce(inside.not_null, false) as not_null
        ) stored
        where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
      ) as columns,
      coalesce((
        select json_agg(json_build_object(
          'name', c.conname, 'columns', c.columns, 'expression', c.expression, 'ofDomain', c.of_domain,
          'unjudged', ${unjudgeable(sql`c.oid`, sql`c.conbin::text`)}
        ) order by c.conname)
        from (
          select c.conname, pg_get_expr(c.conbin, c.conrelid) as expression, c.oid, c.conbin, false as of_domain, (
            select json_agg(a.attname) from pg_attribute a where a.attrelid = base.oid and a.attnum = any(c.conkey)
          ) as columns
          from pg_constraint c
          where c.conrelid = base.oid and c.contype = 'c'
          union all
          select c.conname, pg_get_expr(c.conbin, 0), c.oid, c.conbin, true, json_build_array(a.attname)
          from pg_attribute a
          join made_of on made_of.domain = a.atttypid
          join pg_constraint c on c.contypid = made_of.type and c.contype = 'c'
          where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        ) c
      ), '[]') as checks,
      coalesce((
        select json_agg(json_build_object(
          'name', c.conname,
          'column', a.attname,
          'targetSchema', fn.nspname,
          'targetTable', ft.relname,
          'targetColumn', fa.attname,
          -- Every row of it, too.
          'targetReadable', has_schema_privilege(fn.oid, 'USAGE') and not row_security_active(ft.oid)
            and has_column_privilege(ft.oid, fa.attnum, 'SELECT')
        ) order by c.conname)
        from pg_constraint c
        join pg_attribute a on a.attrelid = base.oid and a.attnum = c.conkey[1]
        join pg_class ft on ft.oid = c.confrelid
        join pg_namespace fn on fn.oid = ft.relnamespace
        join pg_attribute fa on fa.attrelid = c.confrelid and fa.attnum = c.confkey[1]
        where c.conrelid = base.oid and c.contype = 'f' and cardinality(c.conkey) = 1
      ), '[]') as foreign_keys,
      ${laterMarksIn(sql`n.oid`)} as later_marks
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
