import sql from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** The current phase comes after one that is not complete: a phase was skipped, or its flag was lost. */
export const phaseAheadOfFlags: Rule = {
  id: 'phase-ahead-of-flags',
  title: 'Current phase ahead of its flags',
  severity: 'warning',
  wayOut: 'manual',
  openOnly: true,
  violated: (f, { statuses }) =>
    sql`${f.flags_in_order} and ${f.phase} <> ${f.phase_open} and not ${f.phase} = any(${f.phases_complete})
    and ${f.status} in ${literals([...statuses.working, ...statuses.waiting])}`,
  restsOn: { child: ['phase', 'flags', 'status'] },
  explain: (row, model) => ({
    message: `current phase is ${row.phase_stored} but ${row.phase_open} before it is not complete`,
    evidence: [
      evidence(model, 'child', 'phase', {
        found: row.phase_stored,
        expected: null,
        why: `${row.phase_open} is the first phase that is not complete: it was skipped, or its flag was lost`,
      }),
    ],
  }),
};
