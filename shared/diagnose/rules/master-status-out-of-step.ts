import sql from 'sql-template-tag';
import type { Rule } from '../rule.ts';

/** The master's status is not one that goes with the child's, by the flow model's status map. */
export const masterStatusOutOfStep: Rule = {
  id: 'master-status-out-of-step',
  title: 'Master status out of step with the child',
  severity: 'error',
  wayOut: 'fix',
  violated: () => sql`f.master_id is not null and f.master_status is distinct from f.master_status_wanted`,
  restsOn: { child: ['status', 'phase', 'flags', 'mappings', 'masterFlowId'], master: ['status', 'persistence'] },
  explain: (row, model) => ({
    message: `master status is ${row.master_status ?? 'NULL'} but should be ${row.master_status_wanted}`,
    evidence: [
      {
        record: 'master',
        table: model.master.table,
        column: model.master.columns.status,
        found: row.master_status,
        expected: row.master_status_wanted,
        why:
          row.status === row.status_wanted
            ? `the child says ${row.status}`
            : `the child says ${row.status} and should say ${row.status_wanted}`,
      },
    ],
  }),
  fix: ({ row }, model) => ({
    kind: 'changes',
    changes: [
      {
        record: 'master',
        id: row.master_id ?? '',
        column: model.master.columns.status,
        to: { kind: 'text', text: row.master_status_wanted },
        why: `goes with the child's ${row.status_wanted}`,
      },
    ],
  }),
};
