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

/** True where a flow violates any rule: for WHERE, so that nothing is built for healthy flows. */
export function violatesAnyRule(model: FlowModel, depth: Depth = 'deep'): Sql {
  return join(
    rules.map((rule) => violated(rule, model, depth)),
    ' or ',
    '(',
    ')',
  );
}

function violated(rule: Rule, model: FlowModel, depth: Depth): Sql {
  return rule.deep && depth === 'open' ? sql`(f.open and (${rule.violated(model)}))` : sql`(${rule.violated(model)})`;
}
