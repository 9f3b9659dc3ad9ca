import sql from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import { masterVocabulary } from '../../flow/model.ts';
import { masterStatusChange, masterStatusExpected } from '../facts/master-status-change.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/**
 * The master's status is one that this install's own CHECK forbids. The row is older than the CHECK, and where that is of
 * the table and not of a domain, every write to it fails from now on.
 */
export const masterStatusForbidden: Rule = {
  id: 'master-status-forbidden',
  title: "Master status forbidden by the install's CHECK",
  severity: 'error',
  wayOut: 'fix',
  violated: (f, model) =>
    sql`not ${f.master_status_accepted} and ${f.master_status} in ${literals(masterVocabulary(model))}`,
  restsOn: { child: ['status', 'phase', 'flags', 'mappings', 'masterFlowId'], master: ['status', 'persistence'] },
  explain: (row, model) => ({
    message: `master status ${row.master_status} is forbidden by a CHECK of this install`,
    evidence: [
      evidence(model, 'master', 'status', {
        found: row.master_status,
        expected: masterStatusExpected(row),
        why: 'the row is older than the CHECK, which does not take its status; where the CHECK is of the table, every write to the row fails',
      }),
    ],
  }),
  writes: { master: ['status'] },
  fix: masterStatusChange,
};
