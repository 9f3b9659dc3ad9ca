import sql from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import { type FlowModel, masterStatusMap } from '../../flow/model.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** The child's status is a word that the platform does not know: nothing will ever pick the flow up. */
export const childStatusUnknown: Rule = {
  id: 'child-status-unknown',
  title: 'Child status not in the vocabulary',
  severity: 'error',
  wayOut: 'manual',
  openOnly: true,
  violated: (f, model) => sql`${f.status} not in ${literals(vocabulary(model))}`,
  restsOn: { child: ['status'] },
  explain: (row, model) => ({
    message: `child status "${row.status}" is not a status of the platform`,
    evidence: [
      evidence(model, 'child', 'status', {
        found: row.status,
        expected: null,
        why: `the platform knows ${vocabulary(model).join(', ')}`,
      }),
    ],
  }),
};

function vocabulary(model: FlowModel): string[] {
  return Object.keys(masterStatusMap(model));
}
