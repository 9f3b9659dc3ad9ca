import sql, { empty, join, type Sql } from 'sql-template-tag';
import { literal } from '../database/identifier.ts';
import type { FlowModel } from '../flow/model.ts';
import { APPROXIMATE, OF_CHILD, OF_JOIN, suspects } from './relation/ended-flows.ts';
import { flowRelation } from './relation/flow-relation.ts';
import type { FlowRow } from './relation/flow-row.ts';
import { LOOKED_UP_IN, type Reach, withLookUps } from './relation/looked-up.ts';
import { columnsNamed, type Rule } from './rule.ts';
import type { Install } from './rule-set.ts';

/**
 * The flow relation with the ids of the rules that each flow violates: `select f.*, rules`. This is the one place where
 * rules are evaluated, for one flow, a page and the fleet alike.
 * @param chosen a condition on the flow relation, alias `f`
 */
export function judgedFlows(install: Install, reach: Reach, chosen: Sql): Sql {
  return judged(install, reach, sql`where ${chosen}`);
}

/** The same for the flows only that violate a rule: of the whole fleet or of a large part. */
export function violators(install: Install, reach: Reach, chosen: Sql): Sql {
  const flows =
    reach === 'open flows'
      ? judged(install, reach, sql`join (${suspectsOf(install, chosen)}) suspect on suspect.child_id = f.child_id`)
      : judgedFlows(install, reach, chosen);
  return sql`select * from (${flows}) f where cardinality(f.rules) > 0`;
}

/**
 * In two steps. The first judges what stands in the three joined records, in parallel workers. The second looks many
 * rows up for what is left, which PostgreSQL does in one process; `offset '0'` keeps the steps apart.
 */
function judged({ model, catalog, rules }: Install, reach: Reach, which: Sql): Sql {
  const looksUp = (rule: Rule) => columnsNamed(rule, model).some((name) => name in LOOKED_UP_IN);
  const [looking, reading] = partition(rules.asked, looksUp);
  const first = sql`select f.*, ${violated(reading, model, reach)} as rules_of_records
    from (${flowRelation(model, catalog)}) f ${which} offset '0'`;
  return sql`select f.*, f.rules_of_records || ${violated(looking, model, reach)} as rules
    from (${withLookUps(model, catalog, first, reach)}) f`;
}

function suspectsOf({ model, catalog, rules }: Install, chosen: Sql): Sql {
  const ofEnded = rules.asked.filter((rule) => !asksOpenFlows(rule, model, 'open flows'));
  const [ofChild, ofJoin] = partition(ofEnded, (rule) => columnsNamed(rule, model).every((name) => OF_CHILD.has(name)));
  const carries = ofJoin.flatMap((rule) => columnsNamed(rule, model).filter((name) => OF_CHILD.has(name)));
  return suspects(model, catalog, { chosen, ofChild: anyOf(ofChild, model), ofJoin: anyOf(ofJoin, model), carries });
}

function violated(some: readonly Rule[], model: FlowModel, reach: Reach): Sql {
  const cases = some.map((rule) => {
    const open = asksOpenFlows(rule, model, reach) ? sql`f.open and` : empty;
    return sql`case when ${open} (${rule.violated(model)}) then ${literal(rule.id)} end`;
  });
  return cases.length === 0 ? sql`'{}'::text[]` : sql`array_remove(array[${join(cases, ', ')}]::text[], null)`;
}

function anyOf(some: readonly Rule[], model: FlowModel): Sql {
  const conditions = some.map((rule) => sql`(${rule.violated(model)})`);
  return conditions.length === 0 ? sql`false` : sql`coalesce(${join(conditions, ' or ', '(', ')')}, false)`;
}

function asksOpenFlows(rule: Rule, model: FlowModel, reach: Reach): boolean {
  return rule.openOnly === true || (reach === 'open flows' && isDeep(rule, model));
}

/** True for a rule that reads JSON or looks many rows up: a plain scan asks it of open flows only. */
export function isDeep(rule: Rule, model: FlowModel): boolean {
  const exact = (name: keyof FlowRow) => OF_JOIN.has(name) && !(rule.custom && APPROXIMATE.has(name));
  return !columnsNamed(rule, model).every((name) => OF_CHILD.has(name) || exact(name));
}

function partition<T>(all: readonly T[], first: (one: T) => boolean): [T[], T[]] {
  return [all.filter(first), all.filter((one) => !first(one))];
}
