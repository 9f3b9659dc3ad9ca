import sql, { type Sql } from 'sql-template-tag';
import { literal, literals } from '../sql/identifier.ts';

/**
 * What of an install's own code a stored expression or query runs. PostgreSQL keeps both as a tree in which every function
 * and operator stands by its number (`:funcid 870`), also those of casts. Its own have numbers below 16384. No text of a user
 * can look like such a field with its number: there the blank is escaped.
 */
const FIRST_OF_INSTALL = sql`16384`;

const OF_FUNCTIONS = literals([
  ...['funcid', 'opfuncid', 'hashfuncid', 'negfuncid', 'aggfnoid', 'winfnoid'],
  ...['startInRangeFunc', 'endInRangeFunc', 'tsmhandler'],
]);
const OF_OPERATORS = literals(['opno', 'opnos', 'eqop', 'sortop', 'cycle_mark_neop']);

function isNumber(text: Sql): Sql {
  return sql`(${text} <> '' and translate(${text}, '0123456789', '') = '')`;
}

/** The functions that a tree calls, those of its operators included: a relation of one column. */
function calledIn(tree: Sql): Sql {
  return sql`
    select case when field.name in ${OF_FUNCTIONS} then number.of::oid
      else (select o.oprcode from pg_operator o where o.oid = number.of::oid) end
    from string_to_table(${tree}, ':') as part(text)
    cross join lateral (select split_part(part.text, ' ', 1), split_part(part.text, ' ', 2)) field(name, value)
    -- Most hold one number, a comparison of rows a list of them: opnos (o 97 664).
    cross join lateral string_to_table(case field.name when 'opnos' then split_part(split_part(part.text, '(o ', 2), ')', 1)
      else field.value end, ' ') number(of)
    where (field.name in ${OF_FUNCTIONS} or field.name in ${OF_OPERATORS}) and ${isNumber(sql`number.of`)}`;
}

/**
 * True for a function `p` that came with PostgreSQL, and runs nothing else: its language is `internal` (12), `c` (13) or
 * `sql` (14). Those in SQL may have been replaced; their names without a schema are PostgreSQL's own, since sessions search
 * no other.
 */
export const BUILT_IN = sql`(p.oid < ${FIRST_OF_INSTALL} and p.pronamespace = 'pg_catalog'::regnamespace and not p.prosecdef
  and case p.prolang when 12 then true when 13 then true
    when 14 then p.proconfig is null and replace(p.prosrc, 'pg_catalog.', '') !~ '\\.'
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid)
    else false end)`;

const NAME = sql`case p.pronamespace when 'pg_catalog'::regnamespace then '' else p.pronamespace::regnamespace || '.' end
  || p.proname || '()'`;

/**
 * The queries and conditions that run when a relation is read, with the catalog they are in and their trees: a view's
 * query, and policies. Of the relation that is asked for, policies count where this role is under them; of those behind
 * it, wherever there are some, since a view reads as its owner.
 */
const QUERIES = sql`
  select 'pg_rewrite'::regclass as place, r.oid, r.ev_action::text as tree
  from pg_rewrite r join pg_class v on v.oid = r.ev_class
  where r.ev_class = reached.relation and r.ev_type = '1' and v.relkind = 'v'
  union all
  select 'pg_policy'::regclass, p.oid, p.polqual::text
  from pg_policy p join pg_class c on c.oid = p.polrelid
  where p.polrelid = reached.relation and p.polcmd in ('r', '*') and p.polqual is not null and c.relrowsecurity
    and (c.oid <> reached.root or row_security_active(c.oid)
      and exists (select from unnest(p.polroles) role(oid) where role.oid = 0 or pg_has_role(role.oid, 'USAGE')))`;

/** The types that values of a type are made of: of a domain, an array, a composite type. */
const PARTS_OF_TYPE = sql`
  select y.typbasetype where y.typtype = 'd'
  union all select y.typelem where y.typelem <> 0
  union all select a.atttypid from pg_attribute a where y.typtype = 'c' and a.attrelid = y.typrelid and a.attnum > 0`;

/** The CHECKs of the domains that a query makes values of. */
const OF_DOMAINS = sql`
  with recursive made (type) as (
    select d.refobjid from pg_depend d
    where d.classid = query.place and d.objid = query.oid and d.refclassid = 'pg_type'::regclass
    union
    select part.type from made join pg_type y on y.oid = made.type cross join lateral (${PARTS_OF_TYPE}) part(type)
  )
  select c.conbin::text from made join pg_constraint c on c.contypid = made.type and c.contype = 'c'`;

/**
 * Common tables of a recursive statement. `reached`: each of some relations with all that are read along with it, through
 * views and policies of any depth, and as parts on other servers. `calls`: what runs (`code`) and what is not immutable
 * (`impure`) of what these relations, columns that are worked out when they are read, and CHECKs are made of.
 * @param roots a relation of one column, `oid`
 * @param checks which CHECKs `c` of pg_constraint are looked at
 */
export function callsOf(roots: Sql, checks: Sql): Sql {
  return sql`
    reached (root, relation) as (
      select roots.oid, roots.oid from (${roots}) roots
      union
      select reached.root, next.relation
      from reached
      cross join lateral (
        select d.refobjid
        from (${QUERIES}) query
        join pg_depend d on d.classid = query.place and d.objid = query.oid and d.refclassid = 'pg_class'::regclass
        union all
        select i.inhrelid
        from pg_inherits i join pg_class part on part.oid = i.inhrelid
        where i.inhparent = reached.relation and part.relkind in ('p', 'f')
      ) next (relation)
    ),
    trees (kind, owner, number, tree) as materialized (
      select 'reading', reached.root, 0, tree.text
      from reached cross join lateral (${QUERIES}) query
      cross join lateral (select query.tree union all (${OF_DOMAINS})) tree(text)
      union all
      select worked.kind, worked.owner, worked.number, d.adbin::text
      from reached
      join pg_attribute a on a.attrelid = reached.relation and a.attgenerated = 'v'
      join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      cross join lateral (select case when a.attrelid = reached.root then 'column' else 'reading' end, reached.root,
        case when a.attrelid = reached.root then a.attnum else 0 end) worked(kind, owner, number)
      union all
      select 'check', c.oid, 0, c.conbin::text from pg_constraint c where c.contype = 'c' and ${checks}
    ),
    calls (kind, owner, number, code, impure) as materialized (
      select t.kind, t.owner, t.number,
        string_agg(distinct ${NAME}, ', ') filter (where p.provolatile = 'v' or not ${BUILT_IN}),
        string_agg(distinct ${NAME}, ', ')
          filter (where p.provolatile <> 'i' or p.prokind <> 'f' or p.proretset or not ${BUILT_IN})
      from trees t
      cross join lateral (${calledIn(sql`t.tree`)}) called (oid)
      cross join lateral (select * from pg_proc p where p.oid = called.oid offset 0) p
      group by 1, 2, 3
      union all
      select 'reading', reached.root, 0, 'a program on the server', null
      from reached join pg_foreign_table away on away.ftrelid = reached.relation
      where away.ftoptions::text ~ '[{,"]program='
    )`;
}

/** By {@link callsOf}: what runs when a relation is read that is not built in, or volatile; null where nothing does. */
export function codeOfReading(relation: Sql): Sql {
  return codeOf('reading', relation, sql`0`);
}

/** The same of a column that is worked out each time that it is read; null for a stored one. */
export function codeOfColumn(relation: Sql, column: Sql): Sql {
  return codeOf('column', relation, column);
}

function codeOf(kind: 'reading' | 'column', owner: Sql, number: Sql): Sql {
  // Mostly there are none, which is asked once.
  return sql`case when exists (select from calls where calls.kind = ${literal(kind)}) then (
    select string_agg(distinct calls.code, ', ') from calls
    where calls.kind = ${literal(kind)} and calls.owner = ${owner} and calls.number = ${number}
  ) end`;
}

/** Functions of an install that make a text or JSON of a type's values, or a value of a text; null where there are none. */
export function codeOfType(type: Sql): Sql {
  return sql`case when ${type} >= ${FIRST_OF_INSTALL} then (
    select string_agg(distinct ${NAME}, ', ')
    from pg_type y
    join pg_cast c on coalesce(nullif(y.typelem, 0), y.oid) in (c.castsource, c.casttarget)
    join pg_type other on other.oid in (c.castsource, c.casttarget) and other.oid <> coalesce(nullif(y.typelem, 0), y.oid)
    join pg_proc p on p.oid = c.castfunc
    where y.oid = ${type} and not ${BUILT_IN}
      and (c.castcontext = 'i' or other.typcategory = 'S' or other.typname in ('json', 'jsonb'))
  ) end`;
}

/** What a CHECK may be made of that is evaluated: nothing that makes values of a domain, whose own CHECKs would run. */
const PLAIN_KINDS = literals([
  ...['VAR', 'CONST', 'FUNCEXPR', 'OPEXPR', 'DISTINCTEXPR', 'NULLIFEXPR', 'SCALARARRAYOPEXPR', 'BOOLEXPR', 'NULLTEST'],
  ...['BOOLEANTEST', 'RELABELTYPE', 'COERCEVIAIO', 'ARRAYCOERCEEXPR', 'COLLATEEXPR', 'COERCETODOMAINVALUE'],
  ...['CASEEXPR', 'CASE', 'CASEWHEN', 'WHEN', 'CASETESTEXPR', 'COALESCEEXPR', 'COALESCE', 'MINMAXEXPR', 'MINMAX'],
  ...['ARRAYEXPR', 'ARRAY', 'SUBSCRIPTINGREF'],
]);

/**
 * By {@link callsOf}: why the expression of a CHECK is not evaluated, in words; null where all in it is built in and
 * immutable. Types count too: their values are made of texts and texts of them.
 */
export function unjudgeable(check: Sql, tree: Sql): Sql {
  return sql`coalesce(
    (select 'calls ' || calls.impure from calls where calls.kind = 'check' and calls.owner = ${check}),
    case when exists (
      select from string_to_table(${tree}, '{') as node(text)
      where node.text <> '' and split_part(node.text, ' ', 1) not in ${PLAIN_KINDS}
    ) or exists (
      select from string_to_table(${tree}, ':') as part(text)
      cross join lateral (select split_part(part.text, ' ', 1), split_part(part.text, ' ', 2)) field(name, value)
      cross join lateral (
        select * from pg_type y
        where y.oid = case when lower(field.name) like any (array['%type', '%typeid']) and ${isNumber(sql`field.value`)}
          then field.value::oid end offset 0
      ) y
      join pg_type element on element.oid = case when y.typcategory = 'A' then y.typelem else y.oid end
      join pg_proc input on input.oid = element.typinput
      join pg_proc output on output.oid = element.typoutput
      where not case element.typtype
        when 'd' then true
        when 'e' then not exists (select from pg_cast c where element.oid in (c.castsource, c.casttarget) and c.castfunc <> 0)
        when 'b' then element.oid < ${FIRST_OF_INSTALL} and input.provolatile = 'i' and output.provolatile = 'i'
        else false end
    ) then 'rests on more than plain values and what is built into PostgreSQL' end)`;
}
