import sql from 'sql-template-tag';
import { literal } from '../../database/sql/identifier.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** The flow says it is completed although phases are open: either the status or the flags are wrong. */
export const completedWithOpenPhases: Rule = {
  id: 'completed-with-open-phases',
  title: 'Completed with open phases',
  severity: 'error',
  wayOut: 'manual',
  violated: (f, model) => sql`${f.status} = ${literal(model.statuses.complete)} and ${f.phase_open} is not null`,
  restsOn: { child: ['status', 'flags'] },
  explain: (row, model) => ({
    message: `the flow is ${row.status} but ${row.phase_open} is open`,
    evidence: [
      evidence(model, 'child', 'status', {
        found: row.status,
        expected: null,
        why: `${row.phases_complete.length} of ${model.phases.length} phases are complete: the status or the flags are wrong`,
      }),
    ],
  }),
};
