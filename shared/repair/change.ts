import { z } from 'zod';

/**
 * What a column becomes. `text` is the value as PostgreSQL prints it, null for NULL; `member` sets one key of a JSON
 * object and leaves the rest as it is; `now` is the time of the transaction, as the application writes its time stamps.
 */
export const NewValue = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string().nullable() }),
  z.object({ kind: z.literal('member'), key: z.string(), json: z.string() }),
  z.object({ kind: z.literal('now') }),
]);
export type NewValue = z.infer<typeof NewValue>;

/** One column of one record that a rule wants changed. */
export interface Change {
  readonly record: 'child' | 'master' | 'import';
  /** The primary key `id` of the row. */
  readonly id: string;
  readonly column: string;
  readonly to: NewValue;
  readonly why: string;
}
