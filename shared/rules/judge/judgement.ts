import sql, { empty, join, type Sql } from 'sql-template-tag';
import { column, literal } from '../../database/sql/identifier.ts';
import type { FlowModel } from '../../flow/model.ts';
import { childlessColumns, childlessMasters } from '../relation/childless-masters.ts';
import { flowColumns } from '../relation/flow-columns.ts';
import { IN_JSON, relationOf } from '../relation/flow-relation.ts';
import { FlowRow } from '../relation/flow-row.ts';
import {
  LOOKED_UP_BY,
  LOOKED_UP_IN,
  mayBeLookedUp,
  type Reach,
  waitsForLookUp,
  withLookUps,
} from '../relation/looked-up.ts';
import { importsBy, type Suspicion } from '../relation/suspects.ts';
import { columnsNamed, type Rule } from '../rule/rule.ts';
import type { Install } from '../rule/rule-set.ts';

/**
 * The flow relation with the ids of the rules that each flow violates: the columns asked for, and `rules`. This is the one
 * place where rules are evaluated, for one flow, a page and the fleet alike.
 * @param chosen a condition on columns of the child, alias `f`
 */
export function judgedFlows(install: Install, reach: Reach, chosen: Sql, columns: readonly (keyof FlowRow)[]): Sql {
  return sql`with flows as materialized (${chosenByRecords(install, reach, chosen, columns)})
    ${judgedByLookUps(install, reach, columns)}`;
}

/** The first of the two steps that {@link judgedFlows} takes, for a statement that asks more of the same flows. */
export function chosenByRecords(install: Install, reach: Reach, chosen: Sql, columns: readonly (keyof FlowRow)[]): Sql {
  const relation = relationOf(install.model, install.catalog, chosen, readByRecords(install, columns));
  return judgedByRecords(install, reach, relation, columns);
}

/**
 * The first of two steps: judges what stands in the three joined records, in parallel workers. The second step finds its
 * answer as a CTE named `flows`. What is asked of the flow's import waits for that, too: which one it is may be looked up.
 * @param relation the flow relation, or a part of it
 * @param beside names of columns that the relation has beside its own, to be kept
 */
export function judgedByRecords(
  { model, rules }: Install,
  reach: Reach,
  relation: Sql,
  columns: readonly (keyof FlowRow)[],
  beside: readonly string[] = [],
): Sql {
  const [looking, reading] = inSteps(rules.asked, model);
  const found = violated(reading, model, reach);
  return sql`select ${selectedOf('f', [...keptFor(looking, model, columns), ...beside])},
      case when f.child_id is not null then ${found} end as rules_of_records
    from (${relation}) f`;
}

/**
 * The second step: looks many rows up for the flows of the CTE `flows`.
 * @param uncounted see {@link withLookUps}
 */
export function judgedByLookUps(
  { model, catalog, rules }: Install,
  reach: Reach,
  columns: readonly (keyof FlowRow)[],
  uncounted?: Sql,
): Sql {
  const [looking] = inSteps(rules.asked, model);
  const carried = [...keptFor(looking, model, columns), 'rules_of_records'];
  return sql`select ${selectedOf('f', columns)}, f.rules_of_records || ${violated(looking, model, reach)} as rules
    from (${withLookUps(model, catalog, reach, carried, uncounted)}) f`;
}

/** The columns of the relation that the first step reads. */
export function readByRecords({ model, rules }: Install, columns: readonly (keyof FlowRow)[]): (keyof FlowRow)[] {
  const [looking, reading] = inSteps(rules.asked, model);
  return [...keptFor(looking, model, columns), ...reading.flatMap((rule) => columnsNamed(rule, model))];
}

function inSteps(asked: readonly Rule[], model: FlowModel): [looking: Rule[], reading: Rule[]] {
  return ofFlowsBy(asked, model, waitsForLookUp);
}

/** The rules about flows: those that name such a column, and the others. */
function ofFlowsBy(
  asked: readonly Rule[],
  model: FlowModel,
  such: (name: keyof FlowRow) => boolean,
): [naming: Rule[], others: Rule[]] {
  const ofFlows = asked.filter((rule) => rule.of === undefined);
  return partition(ofFlows, (rule) => columnsNamed(rule, model).some(such));
}

function keptFor(looking: readonly Rule[], model: FlowModel, columns: readonly (keyof FlowRow)[]): (keyof FlowRow)[] {
  const named = looking.flatMap((rule) => columnsNamed(rule, model));
  return [...new Set([...columns, ...named, ...LOOKED_UP_BY])].filter((name) => !(name in LOOKED_UP_IN));
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

/** What makes a flow that has ended suspect in a scan. Only by their links are imports counted. */
export function suspicionOfEnded(
  { model, catalog, rules }: Install,
  reach: Reach,
): Pick<Suspicion, 'rules' | 'besides' | 'imports'> {
  const asked = rules.asked.filter((rule) => !asksOpenFlows(rule, model, reach));
  // Flows that name no import and have a linked one are always checked again below. For all others the join has the right import.
  const [looking, reading] = ofFlowsBy(asked, model, (name) => name in LOOKED_UP_IN);
  const lookedUp = looking.length === 0 ? [] : [mayBeLookedUp(catalog)];
  return {
    imports: looking.length === 0 ? importsBy(model, catalog) : 'link',
    rules: reading.map((rule) => ({ predicate: (f) => rule.violated(f, model), custom: rule.custom ?? false })),
    // A custom rule may be true even where the count is NULL, so every ended flow has to be checked again.
    besides: looking.some((rule) => rule.custom) ? [sql`true`] : lookedUp,
  };
}

function selectedOf(alias: string, names: readonly string[]): Sql {
  return join(names.map((name) => column(alias, name)));
}

/** The flow relation in a judgement. */
const JUDGED = flowColumns('f');

function violated(some: readonly Rule[], model: FlowModel, reach: Reach): Sql {
  const cases = some.map((rule) => {
    const open = asksOpenFlows(rule, model, reach) ? sql`f.open and` : empty;
    return sql`case when ${open} (${rule.violated(JUDGED, model)}) then ${literal(rule.id)} end`;
  });
  return cases.length === 0 ? sql`'{}'::text[]` : sql`array_remove(array[${join(cases, ', ')}]::text[], null)`;
}

function asksOpenFlows(rule: Rule, model: FlowModel, reach: Reach): boolean {
  return rule.openOnly === true || (reach === 'open flows' && isDeep(rule, model));
}

/** True for a rule that reads JSON or looks many rows up: a plain scan asks it of open flows only. */
function isDeep(rule: Rule, model: FlowModel): boolean {
  return columnsNamed(rule, model).some((name) => isExpensive(name));
}

/** True for a column that needs a lookup or the parsing of JSON, not only the three records. */
export function isExpensive(name: keyof FlowRow): boolean {
  return name in LOOKED_UP_IN || IN_JSON.some((column) => column === name);
}

function partition<T>(all: readonly T[], first: (one: T) => boolean): [T[], T[]] {
  return [all.filter(first), all.filter((one) => !first(one))];
}
