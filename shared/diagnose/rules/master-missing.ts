import sql from 'sql-template-tag';
import { literals } from '../../database/identifier.ts';
import type { Rule } from '../rule.ts';

/** There is no master record for the child: the platform can neither list nor resume the flow properly. */
export const masterMissing: Rule = {
  id: 'master-missing',
  title: 'No master record',
  severity: 'error',
  wayOut: 'manual',
  violated: () => sql`f.master_id is null and f.status not in ${literals(['deleted', 'superseded'])}`,
  restsOn: { child: ['flowId', 'masterFlowId', 'status'] },
  explain: (row, model) => ({
    message: 'the flow has no master record',
    evidence: [
      {
        record: 'child',
        table: model.child.table,
        column: model.child.columns.masterFlowId,
        found: row.master_pointer,
        expected: null,
        why: `no ${model.master.table} row has ${model.master.columns.flowId} = ${row.master_pointer ?? row.flow_id}`,
      },
    ],
  }),
};
