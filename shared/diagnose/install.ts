import type { Catalog } from '../database/catalog.ts';
import type { FlowModel } from '../flow/model.ts';
import type { RuleSet } from './rule-set.ts';

/** One install as Flowmend knows it: what its flows are made of, what its database looks like, what is asked of them. */
export interface Install {
  readonly model: FlowModel;
  readonly catalog: Catalog;
  readonly rules: RuleSet;
}
