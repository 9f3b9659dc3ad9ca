import sql, { join, type Sql } from 'sql-template-tag';
import type { Catalog } from '../database/catalog.ts';
import { literal } from '../database/identifier.ts';
import type { FlowModel } from '../flow/model.ts';
import { flowRelation } from './flow-relation.ts';
import type { Rule } from './rule.ts';
import { rules } from './rules/index.ts';

/** `open`: rules that are deep are run for open flows only; `deep`: for all. */
export type Depth = 'open' | 'deep';

/**
 * The flow relation with the ids of the rules that each flow violates: `select f.*, rules`. This is the one place where
 * rules are evaluated, for one flow, a page and the fleet alike.
 */
export function judgedFlows(model: FlowModel, catalog: Catalog, depth: Depth = 'deep'): Sql {
  const cases = rules.map((rule) => sql`case when ${violated(rule, model, depth)} then ${literal(rule.id)} end`);
  return sql`select f.*, array_remove(array[${join(cases, ', ')}]::text[], null) as rules
    from (${flowRelation(model, catalog)}) f`;
}

/**
 * True where a flow violates any rule: for WHERE, so that nothing is built for healthy flows. Rules of open flows stand
 * behind one question, since in an install of some age nearly all flows have ended.
 */
export function violatesAnyRule(model: FlowModel, depth: Depth = 'deep'): Sql {
  const anyOf = (some: readonly Rule[]) =>
    some.length === 0
      ? sql`false`
      : join(
          some.map((rule) => sql`(${rule.violated(model)})`),
          ' or ',
          '(',
          ')',
        );
  const ofOpenFlows = rules.filter((rule) => asksOpenFlows(rule, depth));
  const ofAllFlows = rules.filter((rule) => !asksOpenFlows(rule, depth));
  return sql`(f.open and ${anyOf(ofOpenFlows)} or ${anyOf(ofAllFlows)})`;
}

function violated(rule: Rule, model: FlowModel, depth: Depth): Sql {
  return asksOpenFlows(rule, depth) ? sql`(f.open and (${rule.violated(model)}))` : sql`(${rule.violated(model)})`;
}

function asksOpenFlows(rule: Rule, depth: Depth): boolean {
  return rule.openOnly === true || (rule.deep === true && depth === 'open');
}
