import sql from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import { masterVocabulary } from '../../flow/model.ts';
import { masterStatusChange } from '../facts/master-status-change.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';
import { looksAlive } from './retired-master-alive.ts';

/** The master's status is not one that goes with the child's, by the flow model's status map. */
export const masterStatusOutOfStep: Rule = {
  id: 'master-status-out-of-step',
  title: 'Master status out of step with the child',
  severity: 'error',
  wayOut: 'fix',
  // A status that is no word, that is forbidden, or that belongs to a retired flow has a rule of its own.
  violated: (f, model) =>
    sql`${f.master_id} is not null and ${f.master_status} is distinct from ${f.master_status_wanted}
    and (${f.master_status} is null or ${f.master_status_accepted} and ${f.master_status} in ${literals(masterVocabulary(model))})
    and not ${looksAlive(f, model)}`,
  restsOn: { child: ['status', 'phase', 'flags', 'mappings', 'masterFlowId'], master: ['status', 'persistence'] },
  explain: (row, model) => ({
    message: `master status is ${row.master_status ?? 'NULL'} but should be ${row.master_status_wanted}`,
    evidence: [
      evidence(model, 'master', 'status', {
        found: row.master_status,
        expected: row.master_status_wanted,
        why:
          row.status === row.status_wanted
            ? `the child says ${row.status}`
            : `the child says ${row.status} and should say ${row.status_wanted}`,
      }),
    ],
  }),
  writes: { master: ['status'] },
  fix: masterStatusChange,
};
