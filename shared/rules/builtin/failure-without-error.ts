import sql from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** The flow failed and nothing says why. */
export const failureWithoutError: Rule = {
  id: 'failure-without-error',
  title: 'Failed without an error text',
  severity: 'warning',
  wayOut: 'manual',
  violated: (f, model) => sql`${f.status} in ${literals(model.statuses.failed)} and not ${f.has_error}`,
  restsOn: { child: ['status', 'error'] },
  explain: (row, model) => ({
    message: `the flow is ${row.status} but no error is recorded`,
    evidence: [
      evidence(model, 'child', 'error', {
        found: null,
        expected: null,
        why: `status is ${row.status}; look for the cause in the log of the platform`,
      }),
    ],
  }),
};
