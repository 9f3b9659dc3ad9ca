import sql, { join, Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog.ts';
import { column, ident, literal } from '../../database/identifier.ts';
import { recordSource } from '../../database/record-source.ts';
import { type FlowModel, masterStatusMap } from '../../flow/model.ts';
import { APART, type Columns, factsBehind, factsOf, recordsJoined, selected, withWanted } from './flow-relation.ts';
import type { FlowRow } from './flow-row.ts';
import { behindAliases, recordColumns } from './record-columns.ts';
import { masterStatusFor } from './status-columns.ts';

export interface Suspicion {
  /** A condition on the columns of the child, alias `f`. */
  readonly chosen: Sql;
  /** The rules that flows which have ended are asked, as predicates over the flow relation, alias `f`; none reads JSON. */
  readonly rules: readonly Sql[];
  /** The columns of the relation that the judgement of the suspects reads. */
  readonly needed: readonly (keyof FlowRow)[];
  readonly childless: 'with childless masters' | 'flows only';
}

/**
 * The flow relation, with the columns that are needed, of the flows that have to be judged: every open flow, and every
 * ended one that breaks a rule; and, where they are asked for, of the masters to which none of the chosen flows belongs
 * (their child is NULL). Flows that have ended and are well are nearly all of an install of some age: they leave the pass
 * with no JSON read and nothing looked up. What is needed of child and import is carried along, the master is read again.
 */
export function suspects(model: FlowModel, catalog: Catalog, suspicion: Suspicion): Sql {
  const { columns: r, from } = recordsJoined(model, catalog, suspicion.childless);
  const carrying = recordColumns(model, catalog, (record, stored) =>
    record === 'master' ? behindAliases(record, stored) : column('s', `${record}.${stored}`),
  );
  const facts = factsBehind(suspicion.needed, factsOf(model, catalog, carrying), model, catalog);
  const carried = carriedFor(facts);
  const ofFlow = sql`${suspicion.chosen} and ${byStatus(model, catalog, suspicion.rules)}`;
  const suspect =
    suspicion.childless === 'flows only'
      ? ofFlow
      : sql`case when f.child_id is null then f.master_type = ${literal(model.kind)} else ${ofFlow} end`;
  const records = sql`(
      select ${join(carried.map(({ as }) => column('f', as)))}, f.master_id
      from (
        select ${join(carried.map(({ record, stored, as }) => sql`${behindAliases(record, stored)} as ${ident(as)}`))},
          ${selected(factsOf(model, catalog, r))}
        from ${from}
      ) f
      where (${suspect})::int = 1 ${APART}
    ) s
    left join ${recordSource(catalog.master)} m on ${r.master('id')} = s.master_id`;
  return withWanted(sql`select ${selected(facts)} from ${records} ${APART}`, model, catalog);
}

/** The stored columns of child and import that some facts are made of. */
function carriedFor(facts: Columns) {
  const made = Object.values(facts)
    .map((value) => value.sql)
    .join(' ');
  const names = [...made.matchAll(/\bs\."((?:[^"]|"")+)"/g)].map(([, quoted]) => quoted?.replaceAll('""', '"') ?? '');
  return [...new Set(names)].map((as) => {
    const [record, ...stored] = as.split('.');
    return { as, record: record as 'child' | 'import', stored: stored.join('.') };
  });
}

/**
 * True for an open flow, and for an ended one that breaks a rule. Written out for each status, and there for the master
 * status that goes with it, with both as constants: PostgreSQL then folds away what the rules ask about other statuses.
 */
function byStatus(model: FlowModel, catalog: Catalog, rules: readonly Sql[]): Sql {
  const cases = model.statuses.ended.map((status) => {
    const inStep = masterStatusMap(model)[status]?.find((word) => catalog.masterStatuses.has(word));
    const wanted = masterStatusFor(status, model, catalog, sql`f.master_status`).sql;
    const ofChild = {
      status: text(status),
      status_wanted: text(status),
      master_status_wanted: `(${wanted})`,
      open: 'false',
    };
    const broken = anyOf(rules, ofChild);
    if (inStep === undefined) return sql`when ${literal(status)} then ${broken}`;
    const ofBoth = {
      ...ofChild,
      master_status: text(inStep),
      master_status_wanted: text(inStep),
      master_status_accepted: 'true',
    };
    return sql`when ${literal(status)} then case when f.master_status = ${literal(inStep)} then ${anyOf(rules, ofBoth)}
      else ${broken} end`;
  });
  return sql`case f.status ${join(cases, ' ')} else true end`;
}

const text = (word: string) => `${literal(word).sql}::text`;

/** True where one of the rules is violated; columns of the relation that are known are written as constants. */
function anyOf(rules: readonly Sql[], known: Readonly<Record<string, string>>): Sql {
  if (rules.length === 0) return sql`false`;
  const conditions = rules.map((rule) => {
    const strings = rule.strings.map((part) =>
      part.replaceAll(/\bf\.([a-z_]+)\b/g, (column, name: string) => known[name] ?? column),
    );
    return sql`(${new Sql(strings, rule.values)})`;
  });
  return sql`coalesce(${join(conditions, ' or ')}, false)`;
}
