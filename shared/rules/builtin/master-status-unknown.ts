import sql from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import { masterVocabulary } from '../../flow/model.ts';
import { masterStatusChange, masterStatusExpected } from '../facts/master-status-change.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** The master's status is a word that the platform never writes: no code that reads it knows what to do. */
export const masterStatusUnknown: Rule = {
  id: 'master-status-unknown',
  title: 'Master status not in the vocabulary',
  severity: 'error',
  wayOut: 'fix',
  violated: (f, model) =>
    sql`${f.master_id} is not null and ${f.master_status} not in ${literals(masterVocabulary(model))}`,
  restsOn: { child: ['status', 'phase', 'flags', 'mappings', 'masterFlowId'], master: ['status', 'persistence'] },
  explain: (row, model) => ({
    message: `master status "${row.master_status}" is not a status of the platform`,
    evidence: [
      evidence(model, 'master', 'status', {
        found: row.master_status,
        expected: masterStatusExpected(row),
        why: `the platform writes ${masterVocabulary(model).join(', ')}`,
      }),
    ],
  }),
  writes: { master: ['status'] },
  fix: masterStatusChange,
};
