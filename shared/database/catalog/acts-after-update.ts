import sql, { type Sql } from 'sql-template-tag';

/** Bits of pg_trigger.tgtype. */
const BEFORE = sql`2`;
const INSERT_DELETE_OR_UPDATE = sql`28`;
const UPDATE = sql`16`;

/**
 * True where something of the install acts on a relation after an UPDATE, or in its place: what UPDATE returns need not be what
 * stands in the rows then. That is a trigger on the relation, on what a view is made of, or on a part of a table; a row
 * that goes from one part into another is deleted and inserted. What the server of a foreign table does is not seen from here.
 */
export function actsAfterUpdate(relation: Sql): Sql {
  return sql`exists (
    with recursive written (oid) as (
      select ${relation}
      union
      select next.oid from written cross join lateral (
        select i.inhrelid from pg_inherits i where i.inhparent = written.oid
        union all
        select d.refobjid from pg_rewrite r
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        where r.ev_class = written.oid and d.refclassid = 'pg_class'::regclass and d.refobjid <> written.oid
      ) next (oid)
    )
    select from written join pg_class c on c.oid = written.oid left join pg_trigger g on g.tgrelid = c.oid
    where c.relkind = 'f' or not g.tgisinternal and g.tgenabled <> 'D' and g.tgtype & ${BEFORE} = 0
      and g.tgtype & case when c.relispartition then ${INSERT_DELETE_OR_UPDATE} else ${UPDATE} end > 0
  )`;
}
