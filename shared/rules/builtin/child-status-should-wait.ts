import sql from 'sql-template-tag';
import { literal } from '../../database/sql/identifier.ts';
import { approvalPhase } from '../../flow/model.ts';
import { mappingsThat } from '../facts/mappings-stored.ts';
import { evidence } from '../finding/evidence.ts';
import { setColumn } from '../finding/set-column.ts';
import type { Rule } from '../rule/rule.ts';

/** The child says it is working although its mappings are there and nobody was asked to approve them. */
export const childStatusShouldWait: Rule = {
  id: 'child-status-should-wait',
  title: 'Child status should be waiting for approval',
  severity: 'error',
  wayOut: 'fix',
  openOnly: true,
  violated: (f, model) =>
    sql`${f.status} <> ${f.status_wanted} and ${f.status_wanted} = ${literal(model.statuses.wait)}`,
  restsOn: { child: ['status', 'phase', 'flags', 'mappings'], master: ['persistence'] },
  explain: (row, model) => ({
    message: `child status is ${row.status} but should be ${row.status_wanted}`,
    evidence: [
      evidence(model, 'child', 'status', {
        found: row.status,
        expected: row.status_wanted,
        why: `${mappingsThat('exist', row)}, ${
          approvalPhase(model)?.flag ?? ''
        } is false and ${row.phase_stored === null ? 'no phase is stored' : `the phase is ${row.phase_stored}`}: the flow waits for an approval, it is not working`,
      }),
    ],
  }),
  writes: { child: ['status'] },
  fix: ({ row }, model) => ({
    kind: 'changes',
    changes: [setColumn(model, 'child', row.child_id, 'status', row.status_wanted, 'the flow waits for an approval')],
  }),
};
