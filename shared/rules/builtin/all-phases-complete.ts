import sql from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import { evidence } from '../finding/evidence.ts';
import { setColumn } from '../finding/set-column.ts';
import type { Rule } from '../rule/rule.ts';

/** Every phase is complete, yet the flow still says that it works or waits. */
export const allPhasesComplete: Rule = {
  id: 'all-phases-complete',
  title: 'All phases complete but the flow is not completed',
  severity: 'error',
  wayOut: 'fix',
  openOnly: true,
  violated: (f, { statuses }) =>
    sql`${f.phase_open} is null and ${f.status} in ${literals([...statuses.working, ...statuses.waiting])}`,
  restsOn: { child: ['status', 'flags'] },
  explain: (row, model) => ({
    message: `all phases are complete but the flow is ${row.status}`,
    evidence: [
      evidence(model, 'child', 'status', {
        found: row.status,
        expected: model.statuses.complete,
        why: `${model.phases.length} of ${model.phases.length} phases are complete`,
      }),
    ],
  }),
  writes: { child: ['status', 'completedAt'] },
  fix: ({ row, images }, model) => {
    const { complete } = model.statuses;
    const completed = setColumn(model, 'child', row.child_id, 'status', complete, 'all phases are complete');
    const isMissing = row.completed_at === null && model.child.columns.completedAt in images.child;
    const now = setColumn(model, 'child', row.child_id, 'completedAt', { kind: 'now' }, 'completed by this repair');
    return { kind: 'changes', changes: isMissing ? [completed, now] : [completed] };
  },
};
