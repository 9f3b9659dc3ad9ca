import sql from 'sql-template-tag';
import { mappingsEvidence } from '../facts/mappings-place.ts';
import type { Rule } from '../rule/rule.ts';

/** The field mappings are JSON of another shape than the object that the platform reads. */
export const mappingsNotAnObject: Rule = {
  id: 'mappings-not-an-object',
  title: 'Field mappings are not a JSON object',
  severity: 'error',
  wayOut: 'manual',
  violated: (f) =>
    sql`coalesce(${f.child_mappings_shape}, 'null') not in ('null', 'object')
    or coalesce(${f.master_mappings_shape}, 'null') not in ('null', 'object')`,
  restsOn: { child: ['mappings'], master: ['persistence'] },
  explain: (row, model) => {
    const shapes = { child: row.child_mappings_shape, master: row.master_mappings_shape };
    const wrong = (['child', 'master'] as const).filter((record) => !['null', 'object', null].includes(shapes[record]));
    return {
      message: `field mappings are not an object (${wrong.map((record) => `${record}: ${shapes[record]}`).join(', ')})`,
      evidence: wrong.map((record) =>
        mappingsEvidence(model, record, {
          found: shapes[record],
          expected: 'object',
          why: 'mappings are an object: source field -> target',
        }),
      ),
    };
  },
};
