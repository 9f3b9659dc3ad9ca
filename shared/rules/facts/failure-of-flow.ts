import type { Catalog } from '../../database/catalog/catalog.ts';
import { isStored } from '../../database/sql/table.ts';
import { type FlowModel, failureIn } from '../../flow/model.ts';
import { withoutCredentials } from '../../secrets/secret-patterns.ts';
import type { FlowFacts } from './flow-facts.ts';

/** That the flow failed, which keeps its next phase from starting. */
export function failureOfFlow({ row, images }: FlowFacts, model: FlowModel, { child }: Catalog): string | undefined {
  const failure = failureIn(row.status, model);
  const { error } = model.child.columns;
  if (failure === undefined || !isStored(child, error)) return failure;
  return `${failure}: ${withoutCredentials(images.child[error] ?? '').slice(0, 200) || 'without an error text'}`;
}
