import sql from 'sql-template-tag';
import { evidence } from '../finding/evidence.ts';
import { setColumn } from '../finding/set-column.ts';
import type { Rule } from '../rule/rule.ts';

/**
 * The current phase has a name that older installs used. The platform reads both, but the intelligent resume endpoint
 * compares with the new one only: it does not approve such a flow.
 */
export const phaseLegacyName: Rule = {
  id: 'phase-legacy-name',
  title: 'Old name of the current phase',
  severity: 'info',
  wayOut: 'suggestion',
  openOnly: true,
  violated: (f) => sql`${f.phase_stored} <> ${f.phase} and not ${f.phase} = any(${f.phases_complete})`,
  restsOn: { child: ['phase', 'flags', 'status'] },
  explain: (row, model) => ({
    message: `current phase has its old name ${row.phase_stored}; today it is ${row.phase}`,
    evidence: [
      evidence(model, 'child', 'phase', {
        found: row.phase_stored,
        expected: row.phase,
        why: 'the intelligent resume endpoint knows the new name only; the standard one knows both',
      }),
    ],
  }),
  writes: { child: ['phase'] },
  fix: ({ row }, model) => ({
    kind: 'choice',
    why: 'both names are read; rename it only where nothing of the install still asks for the old one',
    options: [
      {
        value: 'rename',
        about: `call it ${row.phase}, so that the intelligent resume endpoint approves it`,
        changes: [setColumn(model, 'child', row.child_id, 'phase', row.phase, 'the name of today, as chosen')],
      },
    ],
  }),
};
