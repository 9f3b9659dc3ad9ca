import { z } from 'zod';
import { RawStructure } from '../../diagnose/read/raw-data.ts';
import { mappingsIn } from '../../flow/mappings.ts';
import type { FlowModel } from '../../flow/model.ts';
import type { FlowFacts, ImportFacts } from '../../rules/facts/flow-facts.ts';
import { decisiveImport } from '../../rules/facts/import-candidates.ts';
import { mappingsText } from '../../rules/facts/mappings-stored.ts';
import { withoutSecretsUnder } from '../../secrets/redact.ts';

const MAX_NAMED = 50;

const RawField = RawStructure.shape.fields.element.extend({
  /** True where the flow's mappings have the field. */
  mapped: z.boolean(),
});

/** What the raw records of the flow's import look like. */
export const RawData = RawStructure.extend({
  importId: z.string(),
  /** All its raw records; `rows` of them were looked at. */
  total: z.number().nullable(),
  fields: z.array(RawField),
  /** Mapped fields that none of the rows has; at most 50. */
  mappedButAbsent: z.array(z.string()),
});
export type RawData = z.infer<typeof RawData>;

/** The import whose raw data is the flow's: the linked one, else the one that may be linked without asking. */
export function importOfRawData(facts: FlowFacts, model: FlowModel): ImportFacts | undefined {
  return facts.imports.find((one) => one.linked) ?? decisiveImport(facts, model);
}

export function rawDataOf(
  { id, raw_records }: ImportFacts,
  structure: RawStructure,
  facts: FlowFacts,
  model: FlowModel,
): RawData {
  const mapped = new Set(Object.keys(mappingsIn(mappingsText(facts), model)));
  const present = new Set(structure.fields.map(({ name }) => name));
  const absent = structure.objects === 0 ? [] : [...mapped].filter((name) => !present.has(name));
  return {
    ...structure,
    importId: id,
    total: raw_records,
    fields: structure.fields.map((field) => ({
      ...field,
      samples: field.samples.map((sample) => sampleShown(field, sample)),
      mapped: mapped.has(field.name),
    })),
    mappedButAbsent: structure.fieldCount > structure.fields.length ? [] : absent.slice(0, MAX_NAMED),
  };
}

/** A sample may be a secret by the name of its field, or hold one: a diagnosis is pasted into tickets. */
function sampleShown({ name, types }: RawStructure['fields'][number], sample: string): string {
  // What the field holds decides, and not that a sample is text: numbers of tokens are counts.
  const value = types.includes('string') || Number.isNaN(Number(sample)) ? sample : Number(sample);
  const shown = withoutSecretsUnder(name, value);
  return typeof shown === 'string' ? shown : sample;
}
