import type { Catalog } from '../database/catalog.ts';
import { isStored } from '../database/table.ts';
import { withoutCredentials } from '../export/secret.ts';
import { type FlowModel, failureIn } from '../flow/model.ts';
import type { FlowFacts } from './flow-facts.ts';

/** That the flow failed, which keeps its next phase from starting. */
export function failureOfFlow({ row, images }: FlowFacts, model: FlowModel, { child }: Catalog): string | undefined {
  const failure = failureIn(row.status, model);
  const { error } = model.child.columns;
  if (failure === undefined || !isStored(child, error)) return failure;
  return `${failure}: ${withoutCredentials(images.child[error] ?? '').slice(0, 200) || 'without an error text'}`;
}
