import sql from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import { evidence } from '../finding/evidence.ts';
import { setColumn } from '../finding/set-column.ts';
import type { Rule } from '../rule/rule.ts';

/** The current phase is one that is complete already: whoever resumes the flow would run it again. */
export const phaseBehindFlags: Rule = {
  id: 'phase-behind-flags',
  title: 'Current phase behind its flags',
  severity: 'warning',
  wayOut: 'fix',
  openOnly: true,
  violated: (f, { statuses }) =>
    sql`${f.flags_in_order} and ${f.phase_open} is not null and ${f.phase} = any(${f.phases_complete})
    and ${f.status} in ${literals([...statuses.working, ...statuses.waiting])}`,
  restsOn: { child: ['phase', 'flags', 'status'] },
  explain: (row, model) => ({
    message: `current phase is ${row.phase_stored}, which is complete; it should be ${row.phase_open}`,
    evidence: [
      evidence(model, 'child', 'phase', {
        found: row.phase_stored,
        expected: row.phase_open,
        why: `${row.phases_complete.join(', ')} are complete; ${row.phase_open} is the first that is not`,
      }),
    ],
  }),
  writes: { child: ['phase'] },
  fix: ({ row }, model) => ({
    kind: 'changes',
    changes: [setColumn(model, 'child', row.child_id, 'phase', row.phase_open, 'the first phase that is not complete')],
  }),
};
