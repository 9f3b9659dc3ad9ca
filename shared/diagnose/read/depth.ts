import sql, { empty, type Sql } from 'sql-template-tag';
import type { Install } from '../../rules/rule/rule-set.ts';
import { claimsOfMany, claimsOfOne, isUndecided } from './claims.ts';
import { historyOf } from './history.ts';
import { mappingRowFacts, ownMappingRows } from './mapping-rows.ts';
import { passedOver } from './passed-over.ts';
import { sharersToAvoid } from './sharers.ts';

/** What is read for one flow and left out where many are read at once. Conditions on the flow, alias `flow`. */
export interface Depth {
  /** For which flows the raw records of its imports are counted and looked into: evidence for a person. */
  readonly counted: Sql;
  /** For which flows imports near in time are looked for. */
  readonly near: Sql;
  /** What other flows claim of imports: common table expressions, each with its comma, once over all flows. */
  readonly claimsOfAll: Sql;
  /** The same beside the imports of one flow. */
  readonly claimsOfEach: Sql;
  /** The rows of mappings: a common table expression with its comma, and JSON over it. */
  readonly mappingRows: { readonly read: Sql; readonly facts: Sql };
  /** JSON: other flows of its master. */
  readonly sharers: Sql;
  /** JSON: what the master keeps of the flow's past. */
  readonly history: Sql;
  /** JSON: columns that nothing can be read out of. */
  readonly passedOver: Sql;
}

export function ofOne(install: Install): Depth {
  const { model, catalog } = install;
  return {
    counted: sql`true`,
    near: sql`true`,
    claimsOfAll: empty,
    claimsOfEach: claimsOfOne(model, catalog),
    mappingRows: { read: sql`, ${ownMappingRows(model, catalog)}`, facts: mappingRowFacts(model, catalog) },
    sharers: sharersToAvoid(install),
    history: historyOf(model, catalog),
    passedOver: passedOver(install),
  };
}

/** What no plan rests on is not read. */
export function ofMany({ model, catalog }: Install): Depth {
  const near = sql`flow.import_named is null`;
  return {
    counted: isUndecided,
    near,
    claimsOfAll: claimsOfMany(model, catalog, near),
    claimsOfEach: empty,
    mappingRows: { read: empty, facts: sql`null::json` },
    // A plan of many asks once for all of its flows.
    sharers: sql`'[]'::json`,
    history: sql`json_build_object(
      'transitions', json_build_object('total', 0, 'entries', '[]'::json),
      'errors', json_build_object('total', 0, 'entries', '[]'::json))`,
    passedOver: sql`'[]'::json`,
  };
}
