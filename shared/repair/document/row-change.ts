import { z } from 'zod';
import { WritableRecord } from '../../flow/change.ts';

/** One row before and after, reduced to the columns that differ. Values are the database's own text, in full. */
export const RowChange = z.object({
  record: WritableRecord,
  table: z.object({ schema: z.string(), name: z.string() }),
  key: z.string(),
  flowId: z.string(),
  columns: z.array(z.object({ column: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
});
export type RowChange = z.infer<typeof RowChange>;

/** What two changes share that do the same to different rows. */
export function sameChange({ table, columns }: RowChange): unknown {
  return [table, columns];
}
