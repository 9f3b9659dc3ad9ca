import sql, { type Sql } from 'sql-template-tag';
import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import { Failure } from '../../failure.ts';

const Names = z.array(z.string());

/** What the catalog says of the journal's table that bears on whether its receipts can be believed. Names of roles and parts. */
const Facts = z.object({
  /** `r`: an ordinary table. */
  kind: z.string(),
  owner: z.string(),
  schemaOwner: z.string(),
  /** Those of the two owners that are neither ours nor above us. */
  strangeOwners: Names,
  /** Roles that could put another table in its place. */
  creators: Names,
  triggers: Names,
  rules: Names,
  inherits: z.boolean(),
  /** It has the columns that say which server a receipt is of. */
  namesServer: z.boolean(),
  generated: Names,
  /** Columns of another type than any Flowmend gave them. */
  otherTypes: Names,
  /** What it uses that PostgreSQL does not bring: functions, operators, types. */
  foreign: Names,
  /** `role: privilege` that lets a role change what stands there, or act in the name of who writes. */
  changers: Names,
  /** Roles that may set who wrote a receipt, and when. */
  wholeWriters: Names,
});
type Facts = z.infer<typeof Facts>;

/** Whether the journal can be believed. */
export interface JournalTrust {
  /** Why not; null where it can. */
  readonly problem: string | null;
  /** What whoever owns it should change, although it can be used as it is; empty where nothing. */
  readonly advice: string;
  /** Its receipts say of which server they are. */
  readonly namesServer: boolean;
}

/** What 0.1.0 kept of `changes`, and every column of today. */
const TYPES = [
  [['id', 'undoes'], ['uuid']],
  [['plan_hash', 'kind', 'reason', 'db_role', 'os_user', 'host', 'database', 'system_identifier'], ['text']],
  [['batch'], ['integer']],
  [['applied_at'], ['timestamp with time zone']],
  [['flows'], ['uuid[]']],
  [['changes'], ['text', 'json', 'jsonb']],
] as const;

/** Columns that are filled by their defaults alone: who may name them in an INSERT can say what is not so. */
const FILLED_BY_DEFAULT = ['id', 'applied_at', 'db_role', 'database', 'system_identifier'];

/** Who was granted what on the table `t`, as a whole or on one column. */
export const GRANTS = sql`(
  select a.grantee, a.privilege_type as privilege, null::text as column_name from aclexplode(t.relacl) a
  union all
  select a.grantee, a.privilege_type, c.attname from pg_attribute c, aclexplode(c.attacl) a
  where c.attrelid = t.oid and not c.attisdropped
)`;

/**
 * One JSON value with what the catalog says of the journal, NULL where there is no table. A subquery for any statement: it
 * names no row of the journal, and runs nothing of it.
 */
export function journalFacts({ child }: Catalog): Sql {
  const types = TYPES.flatMap(([names, allowed]) => names.map((name) => ({ name, allowed: allowed.join(' or ') })));
  return sql`(
    select json_build_object(
      'kind', t.relkind,
      'owner', pg_get_userbyid(t.relowner),
      'schemaOwner', pg_get_userbyid(s.nspowner),
      'strangeOwners', array(
        select distinct pg_get_userbyid(o) from unnest(array[t.relowner, s.nspowner]) o where o <> all(trusted.roles)
      ),
      'creators', array(
        select case a.grantee when 0 then 'everybody' else pg_get_userbyid(a.grantee) end
        from aclexplode(s.nspacl) a where a.privilege_type = 'CREATE' and a.grantee <> all(trusted.roles)
      ),
      'triggers', array(select tgname from pg_trigger where tgrelid = t.oid and not tgisinternal),
      'rules', array(select rulename from pg_rewrite where ev_class = t.oid),
      'inherits', exists(select from pg_inherits where t.oid in (inhrelid, inhparent)),
      'namesServer', (
        select count(*) = 2 from pg_attribute where attrelid = t.oid and attname in ('database', 'system_identifier')
          and not attisdropped
      ),
      'generated', array(
        select attname from pg_attribute where attrelid = t.oid and attgenerated <> '' and not attisdropped
      ),
      'otherTypes', array(
        select a.attname || ' ' || format_type(a.atttypid, null)
        from unnest(${types.map(({ name }) => name)}::text[], ${types.map(({ allowed }) => allowed)}::text[]) w(name, types)
        join pg_attribute a on a.attrelid = t.oid and a.attname = w.name and not a.attisdropped
        where format_type(a.atttypid, null) <> all(string_to_array(w.types, ' or '))
      ),
      'foreign', array(
        select distinct pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)
        from (
          select 'pg_class'::regclass as class, t.oid as id
          union all select 'pg_class'::regclass, indexrelid from pg_index where indrelid = t.oid
          union all select 'pg_attrdef'::regclass, oid from pg_attrdef where adrelid = t.oid
          union all select 'pg_constraint'::regclass, oid from pg_constraint where conrelid = t.oid
          union all select 'pg_policy'::regclass, oid from pg_policy where polrelid = t.oid
        ) part
        join pg_depend d on d.classid = part.class and d.objid = part.id
        -- What initdb made has smaller ids.
        where d.refobjid >= 16384 and (
          d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_opclass'::regclass)
          or part.class = 'pg_policy'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid <> t.oid
        )
      ),
      'changers', array(
        select distinct case g.grantee when 0 then 'everybody' else pg_get_userbyid(g.grantee) end || ': ' || g.privilege
        from ${GRANTS} g where g.grantee <> t.relowner and g.grantee <> all(trusted.roles)
          and (g.privilege in ('UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES')
            or g.privilege = 'INSERT' and g.grantee = 0)
      ),
      'wholeWriters', array(
        select distinct pg_get_userbyid(g.grantee) from ${GRANTS} g
        where g.grantee not in (t.relowner, 0) and g.privilege = 'INSERT'
          and (g.column_name is null or g.column_name = any(${FILLED_BY_DEFAULT}::text[]))
      )
    )
    from pg_class t
    join pg_namespace s on s.oid = t.relnamespace
    cross join lateral (
      select array(
        select oid from pg_roles where rolsuper or rolname = any(array[current_user::text, 'pg_database_owner'])
        union select datdba from pg_database where datname = current_database()
        union select o.relowner from pg_class o join pg_namespace n on n.oid = o.relnamespace
          where n.nspname = ${child.schema} and o.relname = ${child.name}
      ) as roles
    ) trusted
    where s.nspname = 'flowmend' and t.relname = 'journal' and t.relkind in ('r', 'p', 'v', 'm', 'f')
  )`;
}

/**
 * A journal that was not there when the rows were asked for is not written to, though another may have made it since: whose it is
 * was not asked.
 */
export function refuseUnasked(facts: unknown): void {
  if (facts !== null) return;
  throw new Failure('journal-missing', 'The journal of this database, flowmend.journal, was not there yet.', {
    next: 'Apply the same plan again: the journal is asked for first then.',
  });
}

/** What follows from the facts. */
export function trustIn(facts: unknown): JournalTrust {
  if (facts === null || facts === undefined) return { problem: null, advice: '', namesServer: false };
  const found = parseAnswer(Facts, facts, 'The journal');
  const problems = problemsOf(found);
  return {
    problem: problems.length === 0 ? null : problems.join('; '),
    advice: adviceOf(found),
    namesServer: found.namesServer,
  };
}

function problemsOf(facts: Facts): string[] {
  const { kind, owner, schemaOwner, creators, inherits, changers } = facts;
  const strange = new Set(facts.strangeOwners);
  const listed = (what: string, names: readonly string[]) => (names.length > 0 ? [`${what} ${names.join(', ')}`] : []);
  return [
    ...(strange.has(owner) ? [`its table belongs to ${owner}`] : []),
    ...(strange.has(schemaOwner) ? [`its schema belongs to ${schemaOwner}`] : []),
    ...(kind === 'r' ? [] : ['it is no ordinary table']),
    ...listed('its schema takes tables of', creators),
    ...listed('it has a trigger:', facts.triggers),
    ...(kind === 'r' ? listed('it has a rule:', facts.rules) : []),
    ...(inherits ? ['it inherits, or is inherited from'] : []),
    ...listed('it computes a column:', facts.generated),
    ...listed('a column is of another type:', facts.otherTypes),
    ...listed("it uses what is not PostgreSQL's own:", facts.foreign),
    ...listed('others than its owner may change it,', changers),
  ];
}

function adviceOf({ wholeWriters }: Facts): string {
  return wholeWriters.length === 0
    ? ''
    : `The journal lets ${wholeWriters.join(', ')} say in whose name and when a receipt was written: ` +
        'its owner should change the grants as "Grants of 0.1.0" in docs/rights.md says.';
}

/** @throws Failure `journal-untrusted` where the journal cannot be believed, or could run what is not ours */
export function refuseUntrusted({ problem }: JournalTrust): void {
  if (problem === null) return;
  throw new Failure(
    'journal-untrusted',
    `The journal of this database, flowmend.journal, is not to be trusted: ${problem}.`,
    {
      next: 'Nothing was read from it or written. "Whose journal it is" in docs/rights.md says what whoever owns the database should do.',
    },
  );
}
