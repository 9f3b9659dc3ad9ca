import sql from 'sql-template-tag';
import { literals } from '../../database/identifier.ts';
import type { Rule } from '../rule.ts';

const BY_ID = "it is the master's own id; the platform looks for its flow id";

/** No master record is found for the child: the platform can neither list nor resume the flow properly. */
export const masterMissing: Rule = {
  id: 'master-missing',
  title: 'No master record',
  severity: 'error',
  wayOut: 'fix',
  violated: () => sql`f.master_id is null and f.status not in ${literals(['deleted', 'superseded'])}`,
  restsOn: { child: ['flowId', 'masterFlowId', 'status'] },
  explain: (row, model) => ({
    message: row.master_by_id === null ? 'the flow has no master record' : 'the flow names its master by the wrong key',
    evidence: [
      {
        record: 'child',
        table: model.child.table,
        column: model.child.columns.masterFlowId,
        found: row.master_pointer,
        expected: row.master_by_id,
        why:
          row.master_by_id === null
            ? `no ${model.master.table} row has ${model.master.columns.flowId} = ${row.master_pointer ?? row.flow_id}`
            : BY_ID,
      },
    ],
  }),
  writes: { child: ['masterFlowId'] },
  fix: ({ row }, model) => {
    if (row.master_by_id === null)
      return { kind: 'undecided', why: 'no record of a master was found that could be its' };
    if (row.master_by_id !== row.flow_id) {
      return { kind: 'undecided', why: `it holds the id of the master of flow ${row.master_by_id}` };
    }
    const column = model.child.columns.masterFlowId;
    const to = { kind: 'text', text: row.master_by_id } as const;
    return { kind: 'changes', changes: [{ record: 'child', id: row.child_id, column, to, why: BY_ID }] };
  },
};
