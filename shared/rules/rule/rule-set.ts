import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { isStored, type Table } from '../../database/sql/table.ts';
import { type FlowModel, flagColumns, type RecordName } from '../../flow/model.ts';
import { isNever } from '../../flow/name.ts';
import { type Finding, worstFirst } from '../finding/finding.ts';
import { drawnFromNothing } from '../relation/drawn-from.ts';
import type { FlowRow } from '../relation/flow-row.ts';
import { LOOKED_UP_IN } from '../relation/looked-up.ts';
import { columnsNamed, findingOf, type Rule } from './rule.ts';

/** A rule that an install cannot answer. */
export const NotAsked = z.object({
  rule: z.string(),
  why: z.string(),
  /** It stands in the configuration: somebody wants it asked here. */
  custom: z.boolean(),
});
type NotAsked = z.infer<typeof NotAsked>;

/** The rules that hold for one connection: those of Flowmend and of the configuration that this install can answer. */
export interface RuleSet {
  /** In the order in which a repair proceeds. */
  readonly asked: readonly Rule[];
  /** Rules whose columns are not here, or that this role may not read. */
  readonly notAsked: readonly NotAsked[];
}

/** One install as Flowmend knows it: what its flows are made of, what its database looks like, what is asked of them. */
export interface Install {
  readonly model: FlowModel;
  readonly catalog: Catalog;
  readonly rules: RuleSet;
}

/** A rule about something that this kind of flow never has is no rule of its, and nothing is missing. */
export function ruleSet(rules: readonly Rule[], model: FlowModel, catalog: Catalog): RuleSet {
  const ofKind = rules.filter((rule) => !columnsNamed(rule, model).some((name) => drawnFromNothing(name, model)));
  const judged = ofKind.map((rule) => ({ rule, lacking: lackingFor(rule, model, catalog) }));
  return {
    asked: judged.filter(({ lacking }) => lacking.length === 0).map(({ rule }) => rule),
    notAsked: judged
      .filter(({ lacking }) => lacking.length > 0)
      .map(({ rule, lacking }) => ({ rule: rule.id, why: whyNot(lacking), custom: rule.custom ?? false })),
  };
}

export function ruleById(rules: RuleSet, id: string): Rule | undefined {
  return rules.asked.find((rule) => rule.id === id);
}

/** The rules with these ids, in the order of the set. */
export function rulesWith(rules: RuleSet, ids: readonly string[]): Rule[] {
  return rules.asked.filter((rule) => ids.includes(rule.id));
}

/** The findings of the rules that PostgreSQL said a flow violates, worst first. */
export function findingsOf({ rules, model }: Install, row: FlowRow, ids: readonly string[]): Finding[] {
  return worstFirst(rulesWith(rules, ids).map((rule) => findingOf(rule, row, model)));
}

/** A column that a rule rests on and that cannot be read. */
interface Lacking {
  /** `table.column` */
  readonly name: string;
  readonly because: 'missing' | 'denied';
}

function whyNot(lacking: readonly Lacking[]): string {
  const names = (because: Lacking['because']) =>
    lacking.filter((one) => one.because === because).map((one) => one.name);
  const [missing, denied] = [names('missing'), [...new Set(names('denied'))]];
  return [
    ...(missing.length > 0 ? [`there is no ${missing.join(', ')}`] : []),
    ...(denied.length > 0 ? [`this role may not read ${denied.join(', ')}`] : []),
  ].join('; ');
}

/**
 * Everything that the rule rests on and that is not stored here. Raw records and mapping rows count where its predicate
 * looks into them; a fix that also writes them does so where they are.
 */
function lackingFor(rule: Rule, model: FlowModel, catalog: Catalog): Lacking[] {
  const lookedInto = columnsNamed(rule, model).map((name) => LOOKED_UP_IN[name]);
  const counts = (record: RecordName) =>
    (record !== 'rawRecords' && record !== 'mappingRows') || lookedInto.includes(record);
  const parts = Object.entries(rule.restsOn) as [RecordName, readonly string[]][];
  return parts
    .filter(([record]) => counts(record))
    .flatMap(([record, names]) => {
      const columns: Record<string, string> = model[record].columns;
      return names
        .flatMap((name) => (name === 'flags' ? flagColumns(model) : (columns[name] ?? [])))
        .filter((column) => !isNever(column) && !isStored(catalog[record], column))
        .flatMap((column) => lackingOf(catalog[record], column));
    });
}

/** A table that was not looked into, since some of its columns are denied, lacks none of the others. */
function lackingOf({ name, exists, denied }: Table, column: string): Lacking[] {
  const named = (one: string, because: Lacking['because']) => ({ name: `${name}.${one}`, because });
  if (denied.includes(column)) return [named(column, 'denied')];
  return exists || denied.length === 0 ? [named(column, 'missing')] : denied.map((one) => named(one, 'denied'));
}
