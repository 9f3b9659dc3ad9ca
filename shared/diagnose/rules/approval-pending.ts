import sql from 'sql-template-tag';
import { approvalPhase } from '../../flow/model.ts';
import type { Rule } from '../rule.ts';

/** The mappings are there and wait for a person: not damage, but the reason why nothing moves. */
export const approvalPending: Rule = {
  id: 'approval-pending',
  title: 'Field mappings wait for approval',
  severity: 'info',
  wayOut: 'resume',
  openOnly: true,
  violated: () => sql`f.awaits_approval`,
  restsOn: { child: ['status', 'phase', 'flags', 'mappings'], master: ['persistence'] },
  explain: (row, model) => ({
    message: `${row.child_mappings ?? row.master_mappings ?? 0} field mappings wait for approval`,
    evidence: [
      {
        record: 'child',
        table: model.child.table,
        column: approvalPhase(model)?.flag ?? '',
        found: 'false',
        expected: 'true',
        why: 'approving the mappings through the platform completes the phase; it is never set directly',
      },
    ],
  }),
};
