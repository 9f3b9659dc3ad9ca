import sql from 'sql-template-tag';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** The current phase is a word that the platform does not know. */
export const phaseUnknown: Rule = {
  id: 'phase-unknown',
  title: 'Unknown phase name',
  severity: 'error',
  wayOut: 'manual',
  openOnly: true,
  violated: (f) => sql`${f.phase_stored} is not null and ${f.phase} is null`,
  restsOn: { child: ['phase', 'status'] },
  explain: (row, model) => ({
    message: `current phase "${row.phase_stored}" is not a phase of the flow`,
    evidence: [
      evidence(model, 'child', 'phase', {
        found: row.phase_stored,
        expected: row.phase_open,
        why: `the phases are ${model.phases.map((phase) => phase.name).join(', ')}`,
      }),
    ],
  }),
};
