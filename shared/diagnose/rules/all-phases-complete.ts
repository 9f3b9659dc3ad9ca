import sql from 'sql-template-tag';
import { literals } from '../../database/identifier.ts';
import type { Change } from '../../repair/change.ts';
import type { Rule } from '../rule.ts';

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
      {
        record: 'child',
        table: model.child.table,
        column: model.child.columns.status,
        found: row.status,
        expected: model.statuses.complete,
        why: `${model.phases.length} of ${model.phases.length} phases are complete`,
      },
    ],
  }),
  writes: { child: ['status', 'completedAt'] },
  fix: ({ row, images }, model) => {
    const change = (column: string, to: Change['to'], why: string): Change => ({
      record: 'child',
      id: row.child_id,
      column,
      to,
      why,
    });
    const completed = change(
      model.child.columns.status,
      { kind: 'text', text: model.statuses.complete },
      'all phases are complete',
    );
    return {
      kind: 'changes',
      changes:
        row.completed_at === null && model.child.columns.completedAt in images.child
          ? [completed, change(model.child.columns.completedAt, { kind: 'now' }, 'completed by this repair')]
          : [completed],
    };
  },
};
