import { Failure } from '../failure.ts';
import { quotedName } from '../secrets/plain-name.ts';
import { ways } from '../words/ways.ts';
import { assessment } from './assessment.ts';
import { discovery } from './discovery.ts';
import type { FlowModel } from './model.ts';

/** Every kind of flow that Flowmend knows; the first is the one meant where nobody says which. */
export const models: readonly FlowModel[] = [discovery, assessment];

/**
 * The model of a kind of flow, by its name.
 * @throws Failure `usage` for a kind that there is not
 */
export function modelOf(kind: string | undefined): FlowModel {
  const model = kind === undefined ? discovery : models.find((one) => one.kind === kind);
  if (model) return model;
  throw new Failure('usage', `There is no kind of flow${quotedName(kind ?? '')}.`, {
    next: `Give ${ways().kind} as one of: ${models.map((one) => one.kind).join(', ')}.`,
  });
}
