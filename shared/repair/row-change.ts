import { z } from 'zod';
import { WritableRecord } from './change.ts';

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

export type FullImage = Readonly<Record<string, string | null>>;

/** The columns in which two images of a row differ, in the order given. */
export function difference(columns: readonly string[], before: FullImage, after: FullImage): RowChange['columns'] {
  return columns
    .filter((name) => before[name] !== after[name])
    .map((name) => ({ column: name, before: before[name] ?? null, after: after[name] ?? null }));
}
