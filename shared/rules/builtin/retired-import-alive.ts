import sql from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** The flow was put away, and its import says that it is still being read. */
export const retiredImportAlive: Rule = {
  id: 'retired-import-alive',
  title: 'Import of a retired flow looks alive',
  severity: 'warning',
  wayOut: 'manual',
  violated: (f, { statuses }) => sql`${f.status} in ${literals(statuses.retired)} and ${f.import_alive}`,
  restsOn: { child: ['status', 'importId'], import: ['status'] },
  explain: (row, model) => ({
    message: `the flow is ${row.status} but its import is ${row.import_status}`,
    evidence: [
      evidence(model, 'import', 'status', {
        found: row.import_status,
        expected: null,
        why: `the child is ${row.status}: whether its data is complete or was given up, only a person knows`,
      }),
    ],
  }),
};
