import sql, { type Sql } from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import type { FlowModel } from '../../flow/model.ts';

/** True for a row that no person rejected. */
export function notRejected(status: Sql, { mappingRowStatuses }: FlowModel): Sql {
  return sql`coalesce(${status} not in ${literals(mappingRowStatuses.rejected)}, true)`;
}
