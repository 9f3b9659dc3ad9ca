import type { Change, NewValue, WritableRecord } from '../../flow/change.ts';
import type { FlowModel } from '../../flow/model.ts';

/**
 * Sets a column of a record, by its name in the flow model.
 * @param id of the row
 * @param to a text as PostgreSQL prints it, null for NULL, or another new value
 */
export function setColumn<R extends WritableRecord>(
  model: FlowModel,
  record: R,
  id: string,
  column: keyof FlowModel[R]['columns'],
  to: string | null | NewValue,
  why: string,
): Change {
  const columns = model[record].columns as Readonly<Record<typeof column, string>>;
  const value: NewValue = to === null || typeof to === 'string' ? { kind: 'text', text: to } : to;
  return { record, id, column: columns[column], to: value, why };
}
