import { z } from 'zod';
import type { FlowModel } from '../../flow/model.ts';
import { isNever } from '../../flow/name.ts';
import type { FlowFacts } from '../../rules/facts/flow-facts.ts';
import { decisiveImport } from '../../rules/facts/import-candidates.ts';
import { recordsOf } from '../../rules/facts/lacking.ts';
import { mappingsStored } from '../../rules/facts/mappings-stored.ts';
import type { Install } from '../../rules/rule/rule-set.ts';
import { counted } from '../../words/counted.ts';

export const Persisted = z.array(
  z.object({ what: z.string(), state: z.enum(['yes', 'no', 'unlinked']), detail: z.string() }),
);
type Persisted = z.infer<typeof Persisted>;

/** What of the flow's data is stored, whatever its flags say. */
export function persistedOf(facts: FlowFacts, { model, catalog }: Install): Persisted {
  const { row } = facts;
  const count = mappingsStored(row);
  const unread = count === 0 && catalog.child.denied.includes(model.child.columns.mappings);
  return [
    { what: 'child record', state: row.childless ? 'no' : 'yes', detail: model.child.table },
    { what: 'master record', state: row.master_id === null ? 'no' : 'yes', detail: model.master.table },
    ...(isNever(model.child.columns.mappings)
      ? []
      : [
          {
            what: 'field mappings',
            state: count > 0 ? 'yes' : 'no',
            detail: unread
              ? `not known: this role may not read ${model.child.columns.mappings}`
              : counted(count, 'mapping'),
          } as const,
        ]),
    {
      what: 'phase flags',
      state: row.childless ? 'no' : 'yes',
      detail: `${row.phases_complete.length} of ${model.phases.length} complete`,
    },
    ...(isNever(model.import.table) ? [] : [rawData(facts, model)]),
  ];
}

function rawData(facts: FlowFacts, model: FlowModel): Persisted[number] {
  const linked = facts.imports.find((one) => one.linked);
  if (linked) {
    const records = recordsOf([linked]) ?? 0;
    return { what: 'raw data', state: records > 0 ? 'yes' : 'no', detail: `${records} records` };
  }
  const decided = decisiveImport(facts, model);
  if (!decided) return { what: 'raw data', state: 'no', detail: 'no import is linked and none is decisive' };
  const records = recordsOf([decided]) ?? 0;
  return {
    what: 'raw data',
    state: 'unlinked',
    detail: `${records} records in import ${decided.id}, not linked to the flow`,
  };
}
