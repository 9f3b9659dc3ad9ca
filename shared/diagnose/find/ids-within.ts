import sql, { type Sql } from 'sql-template-tag';
import { column, tableIdent } from '../../database/sql/identifier.ts';
import type { IdRange } from '../../flow/flow-id.ts';
import { childlessMasters } from '../../rules/relation/childless-masters.ts';
import type { Install } from '../../rules/rule/rule-set.ts';

/** A SELECT of the ids of one kind that lie in a range. */
export type IdsWithin = (kind: Pick<Install, 'model' | 'catalog'>, range: IdRange) => Sql;

export const flowsWithin: IdsWithin = ({ model, catalog }, range) =>
  within(sql`select ${column('c', model.child.columns.flowId)} as flow_id from ${tableIdent(catalog.child)} c`, range);

/** The flow ids of masters to which no child belongs. */
export const childlessWithin: IdsWithin = ({ model, catalog }, range) =>
  within(childlessMasters(model, catalog), range);

/** A range instead of LIKE on a cast: the unique index on flow_id answers it. */
function within(ids: Sql, { from, to }: IdRange): Sql {
  return sql`select f.flow_id from (${ids}) f where f.flow_id between ${from}::uuid and ${to}::uuid`;
}
