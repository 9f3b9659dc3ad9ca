import sql, { raw } from 'sql-template-tag';
import type { FlowModel } from '../../flow/model.ts';
import { evidence } from '../finding/evidence.ts';
import { setColumn } from '../finding/set-column.ts';
import type { Rule } from '../rule/rule.ts';

/** The progress percentage is not what the completed phases give. */
export const progressOutOfStep: Rule = {
  id: 'progress-out-of-step',
  title: 'Progress out of step with the completed phases',
  severity: 'warning',
  wayOut: 'fix',
  // The platform rounds; a difference below half of its last decimal is the same number.
  violated: (f, { progressDecimals }) =>
    sql`(abs(${f.progress} - ${f.progress_wanted}) < ${raw(String(0.5 / 10 ** progressDecimals))}) is not true`,
  restsOn: { child: ['progress', 'flags'] },
  explain: (row, model) => ({
    message: `progress is ${percent(row.progress, model)} but should be ${percent(row.progress_wanted, model)}`,
    evidence: [
      evidence(model, 'child', 'progress', {
        found: percent(row.progress, model),
        expected: percent(row.progress_wanted, model),
        why: `${row.phases_complete.length} of ${model.phases.length} phases are complete`,
      }),
    ],
  }),
  writes: { child: ['progress'] },
  fix: ({ row }, model) => ({
    kind: 'changes',
    changes: [
      setColumn(
        model,
        'child',
        row.child_id,
        'progress',
        String(row.progress_wanted),
        `${row.phases_complete.length} of ${model.phases.length} phases are complete`,
      ),
    ],
  }),
};

function percent(progress: number | null, { progressDecimals }: FlowModel): string | null {
  return progress === null ? null : progress.toFixed(progressDecimals);
}
