import sql from 'sql-template-tag';
import { literal } from '../../database/sql/identifier.ts';
import { approvalPhase } from '../../flow/model.ts';
import { counted } from '../../words/counted.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** The mapping phase is complete, yet there are no mappings: the phases after it have nothing to work with. */
export const mappingsMissing: Rule = {
  id: 'mappings-missing',
  title: 'No field mappings though the phase is complete',
  severity: 'error',
  wayOut: 'manual',
  violated: (f, model) =>
    sql`not ${f.child_has_mappings} and not ${f.master_has_mappings}
    and ${literal(approvalPhase(model)?.name ?? '')} = any(${f.phases_complete})
    and coalesce(${f.child_mappings_shape}, 'null') in ('null', 'object')
    and coalesce(${f.master_mappings_shape}, 'null') in ('null', 'object')`,
  restsOn: { child: ['mappings', 'flags'], master: ['persistence'] },
  explain: (row, model) => ({
    message: `${approvalPhase(model)?.name} is complete but there are no field mappings`,
    evidence: [
      evidence(model, 'child', 'mappings', {
        found: row.child_mappings === null ? null : counted(row.child_mappings, 'mapping'),
        expected: null,
        why: `${approvalPhase(model)?.flag ?? ''} is true and neither the child nor the master holds a mapping`,
      }),
    ],
  }),
};
