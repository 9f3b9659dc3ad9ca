import sql, { type Sql } from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import type { FlowModel } from '../../flow/model.ts';
import { masterStatusChange } from '../facts/master-status-change.ts';
import { evidence } from '../finding/evidence.ts';
import type { FlowColumns } from '../relation/flow-columns.ts';
import type { Rule } from '../rule/rule.ts';

/** The flow was put away, and its master says that it works or waits: lists show it, and a retry may wake it. */
export const retiredMasterAlive: Rule = {
  id: 'retired-master-alive',
  title: 'Master of a retired flow looks alive',
  severity: 'warning',
  wayOut: 'fix',
  violated: (f, model) => sql`${f.master_id} is not null and ${f.master_status_accepted} and ${looksAlive(f, model)}`,
  restsOn: { child: ['status', 'masterFlowId'], master: ['status'] },
  explain: (row, model) => ({
    message: `the flow is ${row.status} but its master is ${row.master_status}`,
    evidence: [
      evidence(model, 'master', 'status', {
        found: row.master_status,
        expected: row.master_status_wanted,
        why: `the child is ${row.status}: nothing more is to happen with this flow`,
      }),
    ],
  }),
  writes: { master: ['status'] },
  fix: masterStatusChange,
};

/** True for a retired flow whose master is in a status of flows that work or wait. */
export function looksAlive(f: FlowColumns, { statuses }: FlowModel): Sql {
  const alive = [...statuses.working, ...statuses.waiting];
  return sql`coalesce(${f.status} in ${literals(statuses.retired)} and ${f.master_status} in ${literals(alive)}, false)`;
}
