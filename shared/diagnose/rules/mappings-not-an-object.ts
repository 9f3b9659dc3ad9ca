import sql from 'sql-template-tag';
import type { Evidence } from '../finding.ts';
import type { Rule } from '../rule.ts';

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
    const wrong = (shape: string | null) => shape !== null && shape !== 'null' && shape !== 'object';
    const evidence: Evidence[] = [];
    if (wrong(row.child_mappings_shape)) {
      evidence.push({
        record: 'child',
        table: model.child.table,
        column: model.child.columns.mappings,
        found: row.child_mappings_shape,
        expected: 'object',
        why: 'mappings are an object: source field -> target',
      });
    }
    if (wrong(row.master_mappings_shape)) {
      evidence.push({
        record: 'master',
        table: model.master.table,
        column: `${model.master.columns.persistence}.${model.master.persistenceKeys.mappings}`,
        found: row.master_mappings_shape,
        expected: 'object',
        why: 'mappings are an object: source field -> target',
      });
    }
    return {
      message: `field mappings are not an object (${evidence.map((one) => `${one.record}: ${one.found}`).join(', ')})`,
      evidence,
    };
  },
};
