import sql from 'sql-template-tag';
import { literal } from '../../database/sql/identifier.ts';
import { evidence } from '../finding/evidence.ts';
import { setColumn } from '../finding/set-column.ts';
import type { Rule } from '../rule/rule.ts';

/** The flow is completed, but nothing says when: reports by time leave it out. */
export const completedAtMissing: Rule = {
  id: 'completed-at-missing',
  title: 'Completed without a time of completion',
  severity: 'warning',
  wayOut: 'fix',
  violated: (f, model) =>
    sql`${f.completed_at} is null and ${f.status} = ${literal(model.statuses.complete)} and ${f.phase_open} is null`,
  restsOn: { child: ['status', 'flags', 'completedAt', 'updatedAt'] },
  explain: (row, model) => ({
    message: 'the flow is completed but has no time of completion',
    evidence: [
      evidence(model, 'child', 'completedAt', {
        found: null,
        expected: row.idle_hours === null ? null : row.updated_at,
        why:
          row.idle_hours === null
            ? 'when it was last written is not known either'
            : `it was last written at ${row.updated_at}, which is when it was completed at the latest`,
      }),
    ],
  }),
  writes: { child: ['completedAt'] },
  fix: ({ row }, model) => {
    if (row.idle_hours === null) return { kind: 'undecided', why: 'when it was last written is not known either' };
    return {
      kind: 'changes',
      changes: [
        setColumn(
          model,
          'child',
          row.child_id,
          'completedAt',
          row.updated_at,
          'the last time that the flow was written',
        ),
      ],
    };
  },
};
