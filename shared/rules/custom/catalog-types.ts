import sql from 'sql-template-tag';

/**
 * A relation with two columns. `types`: the types whose values are things of PostgreSQL's catalog, found there by name
 * when a text becomes one. Those are `regclass` and its kind, which pass for an `oid` as they are, and `aclitem`.
 * `of_session`: those that mean something in a session or a transaction only, or are written as its settings say.
 */
export const catalogTypes = sql`(
  select array_agg(t.oid) as types,
    array['xid', 'xid8', 'cid', 'tid', 'pg_snapshot', 'txid_snapshot', 'refcursor', 'money']::regtype[]::oid[] as of_session
  from pg_catalog.pg_type t join pg_catalog.pg_proc input on input.oid = t.typinput
  where input.provolatile <> 'i' and (t.typname = 'aclitem' or exists (
    select from pg_catalog.pg_cast c
    where c.castsource = t.oid and c.casttarget = 'pg_catalog.oid'::regtype and c.castmethod = 'b'))
)`;
