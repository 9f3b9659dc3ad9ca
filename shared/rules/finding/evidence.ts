import type { FlowModel, RecordName } from '../../flow/model.ts';
import type { Evidence } from './finding.ts';

type Value = Pick<Evidence, 'found' | 'expected' | 'why'>;

/** Evidence in a column of a record, both by their names in the flow model. */
export function evidence<R extends RecordName>(
  model: FlowModel,
  record: R,
  column: keyof FlowModel[R]['columns'],
  value: Value,
): Evidence {
  const columns = model[record].columns as Readonly<Record<typeof column, string>>;
  return evidenceAt(model, record, columns[column], value);
}

/** Evidence in a stored column of a record, or at a place inside of one: `column.key`. */
export function evidenceAt(model: FlowModel, record: RecordName, place: string, value: Value): Evidence {
  return { record, table: model[record].table, column: place, ...value };
}
