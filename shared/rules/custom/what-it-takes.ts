import sql from 'sql-template-tag';

/**
 * Joins to a function `p` what it `takes`: the types of its arguments and its answer, and whether one of them is a time or any
 * type. D and T are times and spans of time; the polymorphic types are the pseudo-types (P) that are called any….
 */
export const LEFT_JOIN_TAKES = sql`left join lateral (
  select array_agg(t.oid) as types,
    bool_or(t.typcategory in ('D', 'T') or t.typcategory = 'P' and t.typname ~ '^any') as harmless
  from pg_catalog.pg_type t where t.oid = any(p.proargtypes::oid[] || p.prorettype)
) takes on true`;
