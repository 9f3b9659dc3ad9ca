import sql from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** The flow says it is working, and carries an error: it may have failed without anybody setting its status. */
export const errorOnWorkingFlow: Rule = {
  id: 'error-on-working-flow',
  title: 'Error text on a flow that works',
  severity: 'warning',
  wayOut: 'manual',
  openOnly: true,
  violated: (f, model) => sql`${f.status} in ${literals(model.statuses.working)} and ${f.has_error}`,
  restsOn: { child: ['status', 'error'] },
  explain: (row, model) => ({
    message: `the flow is ${row.status} but carries an error text`,
    evidence: [
      evidence(model, 'child', 'error', {
        found: 'an error text',
        expected: null,
        why: `status is ${row.status}: either it failed, or the text is left over from an earlier try`,
      }),
    ],
  }),
};
