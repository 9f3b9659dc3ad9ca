import sql, { type Sql } from 'sql-template-tag';
import { column } from '../../database/sql/identifier.ts';
import type { FlowModel } from '../../flow/model.ts';

/** True for an unlinked import, alias `i`, of the tenant of a flow, alias `flow`, that was made within an hour of it. */
export function isNear(model: FlowModel): Sql {
  const i = (name: keyof FlowModel['import']['columns']) => column('i', model.import.columns[name]);
  return sql`${i('client')} = flow.client_account_id and ${i('engagement')} = flow.engagement_id
    and not flow.import_linked and ${i('masterFlowId')} is null
    and ${i('createdAt')} between greatest(flow.created_at, '4000-01-01 BC') - interval '1 hour'
      and least(flow.created_at, '290000-01-01') + interval '1 hour'`;
}
