import sql, { type Sql } from 'sql-template-tag';
import { literals } from './identifier.ts';

/**
 * What of an install's own code a stored expression or query runs. PostgreSQL keeps both as a tree in which every function
 * and operator stands by its number (`:funcid 870`), also those of casts. Its own have numbers below 16384, and no text of
 * a user can look like such a field: there the blank is escaped.
 */
const FIRST_OF_INSTALL = sql`16384`;

/** The functions that a tree calls, those of its operators included: a relation of one column. */
function calledIn(tree: Sql): Sql {
  return sql`
    select call.found[1]::oid
    from regexp_matches(${tree}, ':(?:funcid|opfuncid|hashfuncid|negfuncid|aggfnoid|winfnoid|startInRangeFunc|endInRangeFunc|tsmhandler) (\\d+)', 'g')
      as call(found)
    union all
    select o.oprcode
    from regexp_matches(${tree}, ':(?:opno|eqop|sortop|cycle_mark_neop|opnos \\(o) ([\\d ]+)', 'g') as operators(found)
    cross join lateral string_to_table(trim(operators.found[1]), ' ') as operator(number)
    join pg_operator o on o.oid = operator.number::oid`;
}

/**
 * True for a function `p` that came with PostgreSQL, and runs nothing else. Those in SQL may have been replaced; their names
 * without a schema are PostgreSQL's own, since sessions search no other.
 */
export const BUILT_IN = sql`(p.oid < ${FIRST_OF_INSTALL} and p.pronamespace = 'pg_catalog'::regnamespace and not p.prosecdef
  and case (select lanname from pg_language where oid = p.prolang)
    when 'internal' then true
    when 'c' then true
    when 'sql' then p.proconfig is null and replace(p.prosrc, 'pg_catalog.', '') !~ '\\.'
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid)
    else false end)`;

const NAME = sql`case p.pronamespace when 'pg_catalog'::regnamespace then '' else p.pronamespace::regnamespace || '.' end
  || p.proname || '()'`;

/** Names of the functions `p` of which a condition holds, out of those with these numbers; null where it holds of none. */
function namesOf(functions: Sql, condition: Sql): Sql {
  return sql`(select string_agg(distinct ${NAME}, ', ') from pg_proc p where p.oid in (${functions}) and ${condition})`;
}

/** The functions in a tree that are not built in, or volatile: those can do anything, query_to_xml() what a text says. */
export function codeIn(tree: Sql): Sql {
  return namesOf(calledIn(tree), sql`(p.provolatile = 'v' or not ${BUILT_IN})`);
}

/** Functions of an install that make a text or JSON of a type's values, or a value of a text; null where there are none. */
export function codeOfType(type: Sql): Sql {
  return namesOf(
    sql`
      select c.castfunc
      from pg_type y
      join pg_cast c on coalesce(nullif(y.typelem, 0), y.oid) in (c.castsource, c.casttarget)
      join pg_type other on other.oid in (c.castsource, c.casttarget) and other.oid <> coalesce(nullif(y.typelem, 0), y.oid)
      where y.oid = ${type} and y.oid >= ${FIRST_OF_INSTALL}
        and (c.castcontext = 'i' or other.typcategory = 'S' or other.typname in ('json', 'jsonb'))`,
    sql`not ${BUILT_IN}`,
  );
}

/** What a CHECK may be made of that is evaluated: nothing that makes values of a domain, whose own CHECKs would run. */
const PLAIN_KINDS = literals([
  ...['VAR', 'CONST', 'FUNCEXPR', 'OPEXPR', 'DISTINCTEXPR', 'NULLIFEXPR', 'SCALARARRAYOPEXPR', 'BOOLEXPR', 'NULLTEST'],
  ...['BOOLEANTEST', 'RELABELTYPE', 'COERCEVIAIO', 'ARRAYCOERCEEXPR', 'COLLATEEXPR', 'COERCETODOMAINVALUE'],
  ...['CASEEXPR', 'CASE', 'CASEWHEN', 'WHEN', 'CASETESTEXPR', 'COALESCEEXPR', 'COALESCE', 'MINMAXEXPR', 'MINMAX'],
  ...['ARRAYEXPR', 'ARRAY', 'SUBSCRIPTINGREF'],
]);

/**
 * Why the expression of a CHECK is not evaluated, in words; null where all in it is built in and immutable. Types count
 * too: their values are made of texts and texts of them.
 */
export function unjudgeable(tree: Sql): Sql {
  const impure = namesOf(
    calledIn(tree),
    sql`(p.provolatile <> 'i' or p.prokind <> 'f' or p.proretset or not ${BUILT_IN})`,
  );
  return sql`coalesce(
    'calls ' || ${impure},
    (
      select 'rests on more than plain values and what is built into PostgreSQL'
      where exists (
        select from regexp_matches(${tree}, '\\{([A-Z_]+)', 'g') as node(kind) where node.kind[1] not in ${PLAIN_KINDS}
      ) or exists (
        select from regexp_matches(${tree}, ':\\w*type(?:id)? (\\d+)', 'gi') as named(type)
        join pg_type y on y.oid = named.type[1]::oid
        join pg_type element on element.oid = case when y.typcategory = 'A' then y.typelem else y.oid end
        join pg_proc input on input.oid = element.typinput
        join pg_proc output on output.oid = element.typoutput
        where not case element.typtype
          when 'd' then true
          when 'e' then ${codeOfType(sql`element.oid`)} is null
          when 'b' then element.oid < ${FIRST_OF_INSTALL} and input.provolatile = 'i' and output.provolatile = 'i'
          else false end
      )
    ))`;
}

/**
 * The queries and conditions that run when a relation is read, with the catalog they are in and their trees: a view's
 * query, and policies. Of the relation that is asked for, policies count where this role is under them; of those behind
 * it, wherever there are some, since a view reads as its owner.
 */
function queriesOf(relation: Sql, root: Sql): Sql {
  return sql`
    select 'pg_rewrite'::regclass as place, r.oid, r.ev_action::text as tree
    from pg_rewrite r join pg_class v on v.oid = r.ev_class
    where r.ev_class = ${relation} and r.ev_type = '1' and v.relkind = 'v'
    union all
    select 'pg_policy'::regclass, p.oid, p.polqual::text
    from pg_policy p join pg_class c on c.oid = p.polrelid
    where p.polrelid = ${relation} and p.polcmd in ('r', '*') and p.polqual is not null and c.relrowsecurity
      and (c.oid <> ${root} or row_security_active(c.oid)
        and exists (select from unnest(p.polroles) role(oid) where role.oid = 0 or pg_has_role(role.oid, 'USAGE')))`;
}

/**
 * The common table `reached` (root, relation): each of these relations with all that are read along with it, through
 * views and policies of any depth, and as parts on other servers.
 * @param roots a relation of one column, `oid`
 */
export function reachedFrom(roots: Sql): Sql {
  return sql`reached (root, relation) as (
    select roots.oid, roots.oid from (${roots}) roots
    union
    select reached.root, next.relation
    from reached
    cross join lateral (
      select d.refobjid
      from (${queriesOf(sql`reached.relation`, sql`reached.root`)}) query
      join pg_depend d on d.classid = query.place and d.objid = query.oid and d.refclassid = 'pg_class'::regclass
      union all
      select i.inhrelid
      from pg_inherits i join pg_class part on part.oid = i.inhrelid
      where i.inhparent = reached.relation and part.relkind in ('p', 'f')
    ) next (relation)
  )`;
}

/** The types that values of a type are made of: of a domain, an array, a composite type. */
const PARTS_OF_TYPES = sql`
  select y.typbasetype where y.typtype = 'd'
  union all select y.typelem where y.typelem <> 0
  union all select a.atttypid from pg_attribute a where y.typtype = 'c' and a.attrelid = y.typrelid and a.attnum > 0`;

/** The CHECKs of the domains that a query makes values of. */
const OF_DOMAINS = sql`
  with recursive made (type) as (
    select d.refobjid from pg_depend d
    where d.classid = query.place and d.objid = query.oid and d.refclassid = 'pg_type'::regclass
    union
    select part.type from made join pg_type y on y.oid = made.type cross join lateral (${PARTS_OF_TYPES}) part(type)
  )
  select c.conbin::text from made join pg_constraint c on c.contypid = made.type and c.contype = 'c'`;

/** What reading a relation of `reached` runs by views, policies and columns behind it; null where it is nothing. */
export function codeReached(root: Sql): Sql {
  return sql`(
    select string_agg(distinct run.code, ', ')
    from reached
    cross join lateral (
      select ${codeIn(sql`tree.text`)}
      from (${queriesOf(sql`reached.relation`, sql`reached.root`)}) query
      cross join lateral (select query.tree union all (${OF_DOMAINS})) tree(text)
      union all
      select ${codeOfColumn(sql`a.attrelid`, sql`a.attnum`)}
      from pg_attribute a
      where a.attrelid = reached.relation and a.attrelid <> reached.root and a.attgenerated = 'v'
      union all
      select 'a program on the server' from pg_foreign_table away
      where away.ftrelid = reached.relation and away.ftoptions::text ~ '[{,"]program='
    ) run(code)
    where reached.root = ${root}
  )`;
}

/** What a column runs that is worked out each time that it is read; null where it is nothing, or the column is stored. */
export function codeOfColumn(relation: Sql, column: Sql): Sql {
  return sql`(
    select ${codeIn(sql`d.adbin::text`)}
    from pg_attrdef d join pg_attribute v on v.attrelid = d.adrelid and v.attnum = d.adnum
    where d.adrelid = ${relation} and d.adnum = ${column} and v.attgenerated = 'v'
  )`;
}
