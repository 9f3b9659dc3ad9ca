import sql from 'sql-template-tag';
import type { Rule } from '../rule.ts';

/** Child and master hold different mappings: which of them were approved, only a person knows. */
export const mappingsDiffer: Rule = {
  id: 'mappings-differ',
  title: 'Field mappings differ between the records',
  severity: 'warning',
  wayOut: 'suggestion',
  violated: () => sql`f.child_has_mappings and f.master_has_mappings and not f.mappings_equal`,
  restsOn: { child: ['mappings'], master: ['persistence'] },
  explain: (row, model) => ({
    message: `child and master hold different field mappings (${row.child_mappings ?? '?'} and ${row.master_mappings ?? '?'})`,
    evidence: [
      {
        record: 'master',
        table: model.master.table,
        column: `${model.master.columns.persistence}.${model.master.persistenceKeys.mappings}`,
        found: `${row.master_mappings ?? '?'} mappings`,
        expected: null,
        why: `${model.child.table}.${model.child.columns.mappings} holds ${row.child_mappings ?? '?'} others; the frontend reads the child first`,
      },
    ],
  }),
  fix: () => ({ kind: 'undecided', why: 'which of the two was approved, only a person knows' }),
};
