import sql, { type Sql } from 'sql-template-tag';
import { laterMarks } from '../../flow/later-generation.ts';

/**
 * The names of the marks of a later generation that a schema has, as JSON. Reads only pg_catalog: a role sees them without
 * a right to the tables. What a view shows has the columns and constraints of the tables under it.
 * @param schema the oid of the schema
 */
export function laterMarksIn(schema: Sql): Sql {
  const marks = JSON.stringify(laterMarks.map(({ kind, name, of = name }) => ({ kind, name, of })));
  return sql`(
    select coalesce(json_agg(mark.name order by mark.position), '[]')
    from rows from (json_to_recordset(${marks}::json) as (kind text, name text, of text)) with ordinality
      as mark (kind, name, of, position)
    where exists (
      select from pg_class relation
      cross join lateral (
        select relation.oid as oid
        union
        select d.refobjid from pg_rewrite r
        join pg_depend d on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass
        where r.ev_class = relation.oid and d.refclassid = 'pg_class'::regclass
      ) stored
      where relation.relnamespace = ${schema} and relation.relname = mark.of
        and relation.relkind in ('r', 'p', 'v', 'm', 'f')
        and case mark.kind
          when 'table' then true
          when 'column' then exists (
            select from pg_attribute a
            where a.attrelid = stored.oid and a.attname = mark.name and a.attnum > 0 and not a.attisdropped)
          else exists (select from pg_constraint c where c.conrelid = stored.oid and c.conname = mark.name)
        end
    )
  )`;
}
