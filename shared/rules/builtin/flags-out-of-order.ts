import sql from 'sql-template-tag';
import { evidenceAt } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** A later phase is complete while an earlier one is open: phases run one after the other. */
export const flagsOutOfOrder: Rule = {
  id: 'flags-out-of-order',
  title: 'Phase flags out of order',
  severity: 'error',
  wayOut: 'manual',
  openOnly: true,
  violated: (f) => sql`not ${f.flags_in_order}`,
  restsOn: { child: ['flags', 'status'] },
  explain: (row, model) => ({
    message: `${row.phases_complete.at(-1)} is complete but ${row.phase_open} before it is not`,
    evidence: [
      evidenceAt(model, 'child', model.phases.find((phase) => phase.name === row.phase_open)?.flag ?? '', {
        found: 'false',
        expected: null,
        why: `phases run in the order ${model.phases.map((phase) => phase.name).join(', ')}`,
      }),
    ],
  }),
};
