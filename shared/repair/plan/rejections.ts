import type { Catalog } from '../../database/catalog/catalog.ts';
import { type Column, columnOf, type Table } from '../../database/sql/table.ts';
import type { Change, WritableRecord } from '../../flow/change.ts';
import { type FlowModel, phaseNamed } from '../../flow/model.ts';
import type { FlowFacts } from '../../rules/facts/flow-facts.ts';
import type { RestsOn } from '../../rules/rule/rule.ts';
import type { Session } from '../../session.ts';
import { updateRules } from './update-rules.ts';

/**
 * Why this install would reject changes, as far as its catalog tells: each names the constraint or the right that is
 * missing, and what fits instead where something does. What only the database knows, the preview meets.
 */
export function rejections(
  changes: readonly Change[],
  restsOn: RestsOn,
  facts: FlowFacts,
  { model, catalog, writer }: Session,
): string[] {
  // A plan that is made where nothing can be written is for another session, whose rights are not known here.
  const locked = [...new Set([...changes.map(({ record }) => record), ...guarded(restsOn)])];
  const views = locked
    .filter((record) => catalog[record].exists && !catalog[record].updatable)
    .map((record) => `${catalog[record].name} is a view that PostgreSQL can neither lock nor write through`);
  const rules = [...new Set(changes.map(({ record }) => record))].flatMap((record) => updateRules(catalog[record]));
  const rights = writer === undefined ? [] : missingRights(changes, locked, catalog);
  return [
    ...views,
    ...rules,
    ...rights,
    ...changes.flatMap((change) => rejection(change, facts, model, catalog) ?? []),
  ];
}

function missingRights(changes: readonly Change[], locked: readonly WritableRecord[], catalog: Catalog): string[] {
  return [
    ...locked
      .filter((record) => catalog[record].exists && !catalog[record].writable)
      .map(
        (record) => `this role may not update ${nameOf(catalog[record])}, nor lock its rows (GRANT UPDATE is missing)`,
      ),
    ...changes.flatMap(({ record, column }) =>
      columnOf(catalog[record], column).writable
        ? []
        : [`this role may not update ${nameOf(catalog[record])}.${column} (GRANT UPDATE is missing)`],
    ),
  ];
}

/** The child and the master are locked also where only their guards are compared. */
function guarded(restsOn: RestsOn): WritableRecord[] {
  return (['child', 'master'] as const).filter((record) => (restsOn[record]?.length ?? 0) > 0);
}

function rejection(change: Change, facts: FlowFacts, model: FlowModel, catalog: Catalog): string | undefined {
  const table = catalog[change.record];
  const column = columnOf(table, change.column);
  const target = `${table.name}.${column.name}`;
  if (column.generated) return `${target} is computed by the database and cannot be set`;
  if (change.to.kind !== 'text') return undefined;
  const { text } = change.to;
  if (text === null) return column.notNull ? `${target} does not take NULL` : undefined;
  return (
    valueRejection(change, text, model, catalog) ??
    lengthRejection(text, column, target) ??
    linkRejection(text, column, table, facts, model)
  );
}

function lengthRejection(text: string, { length }: Column, target: string): string | undefined {
  const characters = [...text].length;
  if (length === null || characters <= length) return undefined;
  return `"${text}" has ${characters} characters and ${target} takes ${length}`;
}

function valueRejection(change: Change, text: string, model: FlowModel, catalog: Catalog): string | undefined {
  const verdicts = catalog.verdicts.get(`${change.record}.${change.column}`);
  const refusedBy = verdicts?.get(text);
  if (!verdicts || !refusedBy) return undefined;
  const fits = [...verdicts].flatMap(([value, by]) => (by === null && standsFor(text, value, model) ? [value] : []));
  const taken = [...verdicts].flatMap(([value, by]) => (by === null ? [value] : []));
  const instead =
    fits.length > 0
      ? `; ${fits.join(' or ')} would fit`
      : taken.length > 0
        ? `; of the words of the platform it takes ${taken.join(', ')}`
        : '';
  return `this install's ${catalog[change.record].name}.${change.column} does not take "${text}": ${refusedBy} refuses it${instead}`;
}

/** True where another word means the same to the platform: both wait for a person, or both name one phase. */
function standsFor(text: string, other: string, model: FlowModel): boolean {
  const { waiting, working } = model.statuses;
  const phase = phaseNamed(model, text);
  return (
    [waiting, working].some((words) => words.includes(text) && words.includes(other)) ||
    (phase !== undefined && phase === phaseNamed(model, other))
  );
}

/** A link has to hold the key that its own foreign key points to, of a row that is there. */
function linkRejection(
  text: string,
  column: Column,
  table: Table,
  { images, imports }: FlowFacts,
  model: FlowModel,
): string | undefined {
  for (const key of table.foreign_keys.filter((one) => one.column === column.name)) {
    const held =
      key.targetTable === model.master.table
        ? [images.master?.[key.targetColumn]]
        : key.targetTable === model.import.table
          ? imports.map(({ image }) => image[key.targetColumn])
          : undefined;
    const known = held?.filter((value) => typeof value === 'string');
    if (!known || known.includes(text)) continue;
    const [right] = known;
    return `the foreign key ${key.name} of ${table.name}.${column.name} points to ${key.targetTable}.${key.targetColumn}, where ${text} is not${
      right !== undefined && known.length === 1 ? `; ${right} would fit` : ''
    }`;
  }
  return undefined;
}

function nameOf({ schema, name }: Table): string {
  return `${schema}.${name}`;
}
