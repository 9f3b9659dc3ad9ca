import { z } from 'zod';

/**
 * What a column becomes. `text` is the value as PostgreSQL prints it, null for NULL; `member` sets one key of a JSON
 * object and leaves the rest as it is; `now` is the time of the transaction, as the application writes its time stamps.
 */
export const NewValue = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text: z.string().nullable() }),
  z.strictObject({ kind: z.literal('member'), key: z.string(), json: z.string() }),
  z.strictObject({ kind: z.literal('now') }),
]);
export type NewValue = z.infer<typeof NewValue>;

/** The value in words; null for NULL. */
export function shownValue(to: NewValue): string | null {
  if (to.kind === 'text') return to.text;
  return to.kind === 'now' ? 'now' : `{… ${to.key}: ${to.json}}`;
}

/** The records that a repair may write, in the order in which their rows are locked. */
export const WritableRecord = z.enum(['child', 'master', 'import', 'rawRecords']);
export type WritableRecord = z.infer<typeof WritableRecord>;

/** One column of one record that a rule wants changed. */
export interface Change {
  readonly record: WritableRecord;
  /** The primary key `id` of the row. */
  readonly id: string;
  readonly column: string;
  readonly to: NewValue;
  readonly why: string;
}
