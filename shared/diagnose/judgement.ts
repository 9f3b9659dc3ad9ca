import sql, { empty, join, type Sql } from 'sql-template-tag';
import { column, literal } from '../database/identifier.ts';
import type { FlowModel } from '../flow/model.ts';
import { childlessColumns, childlessMasters } from './relation/childless-masters.ts';
import { type EndedRules, OF_CHILD, OF_JOIN } from './relation/ended-flows.ts';
import { flowRelation } from './relation/flow-relation.ts';
import { FlowRow } from './relation/flow-row.ts';
import { LOOKED_UP_BY, LOOKED_UP_IN, type Reach, withLookUps } from './relation/looked-up.ts';
import { columnsNamed, type Rule } from './rule.ts';
import type { Install } from './rule-set.ts';

/**
 * The flow relation with the ids of the rules that each flow violates: the columns asked for, and `rules`. This is the one
 * place where rules are evaluated, for one flow, a page and the fleet alike. In two steps: the first judges what stands in
 * the three joined records, in parallel workers; the second looks many rows up for what is left.
 * @param chosen a condition on the flow relation, alias `f`
 */
export function judgedFlows(
  { model, catalog, rules }: Install,
  reach: Reach,
  chosen: Sql,
  columns: readonly (keyof FlowRow)[],
): Sql {
  const ofFlows = rules.asked.filter((rule) => rule.of === undefined);
  const [looking, reading] = partition(ofFlows, (rule) =>
    columnsNamed(rule, model).some((name) => name in LOOKED_UP_IN),
  );
  const named = looking.flatMap((rule) => columnsNamed(rule, model));
  const kept = new Set([...columns, ...named, ...LOOKED_UP_BY].filter((name) => !(name in LOOKED_UP_IN)));
  return sql`
    with flows as materialized (
      select ${selectedOf('f', [...kept])}, ${violated(reading, model, reach)} as rules_of_records
      from (${flowRelation(model, catalog)}) f where ${chosen}
    )
    select ${selectedOf('f', columns)}, f.rules_of_records || ${violated(looking, model, reach)} as rules
    from (${withLookUps(model, catalog, reach)}) f`;
}

/** The same for masters to which no child belongs, by the rules that are about them. */
export function judgedChildless({ model, catalog, rules }: Install, chosen: Sql): Sql {
  const ofMasters = rules.asked.filter((rule) => rule.of === 'childless master');
  return sql`select f.*, ${violated(ofMasters, model, 'every flow')} as rules
    from (${childlessMasters(model, catalog)}) f where ${chosen}`;
}

/** Flows and childless masters in one relation: every column of `FlowRow` and `rules`. For a few flows at a time. */
export function judgedAll(install: Install, reach: Reach, chosen: Sql): Sql {
  const names = Object.keys(FlowRow.shape) as (keyof FlowRow)[];
  const ofMasters = childlessColumns(install.model, install.catalog);
  return sql`
    select f.* from (${judgedFlows(install, reach, chosen, names)}) f
    union all
    select ${join(names.map((name) => (name in ofMasters ? column('f', name) : sql`null`)))}, f.rules
    from (${judgedChildless(install, chosen)}) f`;
}

/** The rules that a scan asks of flows that have ended, by the columns that they need. */
export function rulesOfEnded({ model, rules }: Install): EndedRules {
  const asked = rules.asked.filter((rule) => rule.of === undefined && !asksOpenFlows(rule, model, 'open flows'));
  const [ofChild, ofJoin] = partition(asked, (rule) => columnsNamed(rule, model).every((name) => OF_CHILD.has(name)));
  return {
    ofChild: ofChild.map((rule) => rule.violated(model)),
    ofJoin: ofJoin.map((rule) => rule.violated(model)),
    carries: ofJoin.flatMap((rule) => columnsNamed(rule, model).filter((name) => OF_CHILD.has(name))),
  };
}

function selectedOf(alias: string, names: readonly (keyof FlowRow)[]): Sql {
  return join(names.map((name) => column(alias, name)));
}

function violated(some: readonly Rule[], model: FlowModel, reach: Reach): Sql {
  const cases = some.map((rule) => {
    const open = asksOpenFlows(rule, model, reach) ? sql`f.open and` : empty;
    return sql`case when ${open} (${rule.violated(model)}) then ${literal(rule.id)} end`;
  });
  return cases.length === 0 ? sql`'{}'::text[]` : sql`array_remove(array[${join(cases, ', ')}]::text[], null)`;
}

function asksOpenFlows(rule: Rule, model: FlowModel, reach: Reach): boolean {
  return rule.openOnly === true || (reach === 'open flows' && isDeep(rule, model));
}

/** True for a rule that reads JSON or looks many rows up: a plain scan asks it of open flows only. */
function isDeep(rule: Rule, model: FlowModel): boolean {
  return !columnsNamed(rule, model).every((name) => OF_CHILD.has(name) || OF_JOIN.has(name));
}

function partition<T>(all: readonly T[], first: (one: T) => boolean): [T[], T[]] {
  return [all.filter(first), all.filter((one) => !first(one))];
}
