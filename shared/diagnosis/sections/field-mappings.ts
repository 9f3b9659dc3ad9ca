import { z } from 'zod';
import type { FlowModel } from '../../flow/model.ts';
import type { FlowFacts } from '../../rules/facts/flow-facts.ts';
import { mappingsStored } from '../../rules/facts/mappings-stored.ts';

export const FieldMappings = z.object({
  count: z.number(),
  child: z.object({ column: z.string(), count: z.number().nullable() }),
  master: z.object({ column: z.string(), count: z.number().nullable() }),
  equal: z.boolean(),
});
export type FieldMappings = z.infer<typeof FieldMappings>;

/** Where the flow's mappings are, and how many. */
export function fieldMappingsOf({ row, mappings }: FlowFacts, { child, master }: FlowModel): FieldMappings {
  return {
    count: mappingsStored(row),
    child: { column: `${child.table}.${child.columns.mappings}`, count: row.child_mappings },
    master: {
      column: `${master.table}.${master.columns.persistence}.${master.persistenceKeys.mappings}`,
      count: row.master_mappings,
    },
    equal: mappings.equal,
  };
}
