import sql from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import type { FlowModel } from '../../flow/model.ts';
import { namesMasterById } from '../facts/lacking.ts';
import { evidence } from '../finding/evidence.ts';
import { setColumn } from '../finding/set-column.ts';
import type { FlowRow } from '../relation/flow-row.ts';
import type { Rule } from '../rule/rule.ts';

const BY_ID = "it is the master's own id; the platform looks for its flow id";

/** No master record is found for the child: the platform can neither list nor resume the flow properly. */
export const masterMissing: Rule = {
  id: 'master-missing',
  title: 'No master record',
  severity: 'error',
  wayOut: 'fix',
  violated: (f) => sql`${f.master_id} is null and ${f.status} not in ${literals(['deleted', 'superseded'])}`,
  restsOn: { child: ['flowId', 'masterFlowId', 'status'] },
  explain: (row, model) => ({
    message: namesMasterById(row) ? 'the flow names its master by the wrong key' : 'the flow has no master record',
    evidence: [
      evidence(model, 'child', 'masterFlowId', {
        found: row.master_pointer,
        expected: namesMasterById(row) ? row.flow_id : null,
        why: namesMasterById(row) ? BY_ID : whyNone(row, model),
      }),
    ],
  }),
  writes: { child: ['masterFlowId'] },
  revealsRecord: true,
  fix: ({ row }, model) => {
    if (!namesMasterById(row)) return { kind: 'undecided', why: 'no record of a master was found that could be its' };
    const named = setColumn(model, 'child', row.child_id, 'masterFlowId', row.flow_id, BY_ID);
    return { kind: 'changes', changes: [named] };
  },
};

function whyNone({ master_pointer, master_by_id, flow_id }: FlowRow, { master }: FlowModel): string {
  const none = `no ${master.table} row has ${master.columns.flowId} = ${master_pointer ?? flow_id}`;
  return master_by_id === null ? none : `${none}: it is the own id of the master of flow ${master_by_id}`;
}
