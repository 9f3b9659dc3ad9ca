import { z } from 'zod';
import type { FlowModel } from '../../flow/model.ts';
import { isNever } from '../../flow/name.ts';
import type { FlowFacts, Image } from '../../rules/facts/flow-facts.ts';
import { withZone } from '../../rules/facts/stored-time.ts';
import type { Finding } from '../../rules/finding/finding.ts';
import type { Install } from '../../rules/rule/rule-set.ts';
import { ruleById } from '../../rules/rule/rule-set.ts';
import { withoutCredentials } from '../../secrets/secret-patterns.ts';

const MAX_OF_ERROR = 200;

export const RecordState = z.object({
  record: z.enum(['child', 'master', 'import']),
  table: z.string(),
  /** What this record is for, in the words of the field. */
  role: z.string(),
  found: z.boolean(),
  /** Stored values by column, as text. Empty where no record was found. */
  values: z.record(z.string(), z.string().nullable()),
  /** Columns of `values` that a finding says are wrong, with the value each should have; null where none is known. */
  shouldBe: z.record(z.string(), z.string().nullable()),
  updatedAt: z.string().nullable(),
});
export type RecordState = z.infer<typeof RecordState>;

/** The three records of a flow, with the columns that say how it stands. */
export function recordStates(facts: FlowFacts, found: readonly Finding[], { model, rules }: Install): RecordState[] {
  const { row, images, imports } = facts;
  // A rule of the configuration names columns to look at; that they are wrong it does not say.
  const findings = found.filter(({ rule }) => !ruleById(rules, rule)?.custom);
  const child = model.child.columns;
  const master = model.master.columns;
  const dataImport = model.import.columns;
  const linked = imports.find(({ linked, id }) => linked && id === row.import_own) ?? imports.find((one) => one.linked);
  // Findings are about the flow's import: where that is not the linked one, nothing of the linked one is wrong.
  const isAnother = linked !== undefined && row.import_own !== null && linked.id !== row.import_own;
  const flags = model.phases.map((phase) => phase.flag);
  const phasesFromJson = Object.fromEntries(
    model.phases.flatMap(({ name, flag, completeWhen }) =>
      completeWhen ? [[flag, String(row.phases_complete.includes(name))]] : [],
    ),
  );
  const records: RecordState[] = [
    {
      record: 'child',
      table: model.child.table,
      role: 'source of truth',
      found: !row.childless,
      values: picked(row.childless ? null : { ...images.child, ...phasesFromJson, ...errorOf(facts, model) }, [
        child.status,
        child.phase,
        child.progress,
        ...flags,
        child.importId,
        child.masterFlowId,
        ...(row.has_error ? [child.error] : []),
      ]),
      shouldBe: shouldBe(findings, 'child'),
      updatedAt: row.updated_at,
    },
    {
      record: 'master',
      table: model.master.table,
      role: 'one per flow of any type',
      found: images.master !== null,
      values: picked(images.master, [master.status, master.type, master.id]),
      shouldBe: shouldBe(findings, 'master'),
      updatedAt: timeOrNull(row.master_updated_at),
    },
    {
      record: 'import',
      table: model.import.table,
      role: 'the data it was made from',
      found: linked !== undefined,
      values: picked(linked?.image, [
        dataImport.status,
        dataImport.totalRecords,
        dataImport.id,
        dataImport.masterFlowId,
      ]),
      shouldBe: isAnother ? {} : shouldBe(findings, 'import'),
      updatedAt: timeOrNull(linked?.image[dataImport.updatedAt]),
    },
  ];
  return records.filter(({ table }) => !isNever(table));
}

function shouldBe(findings: readonly Finding[], record: RecordState['record']): RecordState['shouldBe'] {
  const should: RecordState['shouldBe'] = {};
  for (const { severity, evidence } of findings) {
    for (const { record: of, column, expected } of severity === 'info' ? [] : evidence) {
      // Of several that speak of one column, the worst that knows the right value is heard.
      if (of === record) should[column] ??= expected;
    }
  }
  return should;
}

/** What the platform wrote when it failed, without what nobody may paste into a ticket. */
function errorOf({ images }: FlowFacts, { child }: FlowModel): Image {
  const { error } = child.columns;
  return { [error]: withoutCredentials(images.child[error] ?? '').slice(0, MAX_OF_ERROR) };
}

function timeOrNull(stored: string | null | undefined): string | null {
  return stored === null || stored === undefined ? null : withZone(stored);
}

function picked(image: Image | null | undefined, names: readonly string[]): RecordState['values'] {
  // What this install or this kind of flow does not have is in no image.
  return Object.fromEntries(names.flatMap((name) => (image && name in image ? [[name, image[name] ?? null]] : [])));
}
