import sql from 'sql-template-tag';
import type { Rule } from '../rule.ts';

/** Child and master hold different mappings: which of them were approved, only a person knows. */
export const mappingsDiffer: Rule = {
  id: 'mappings-differ',
  title: 'Field mappings differ between the records',
  severity: 'warning',
  wayOut: 'suggestion',
  violated: (f) => sql`${f.child_has_mappings} and ${f.master_has_mappings} and not ${f.mappings_equal}`,
  restsOn: { child: ['mappings', 'masterFlowId'], master: ['persistence'] },
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
  writes: { child: ['mappings'], master: ['persistence'] },
  fix: ({ row, mappings }, model) => {
    const texts = [mappings.child, mappings.master];
    if (texts.some((json) => json === null || json.includes('\\u0000'))) {
      return { kind: 'undecided', why: 'the mappings hold an escaped NUL, which the other record cannot hold' };
    }
    const { persistence } = model.master.columns;
    return {
      kind: 'choice',
      why: 'which of the two was approved, only a person knows',
      options: [
        {
          value: 'child',
          about: `keep the ${row.child_mappings} of the child and copy them to the master`,
          changes: [
            {
              record: 'master',
              id: row.master_id ?? '',
              column: persistence,
              to: { kind: 'member', key: model.master.persistenceKeys.mappings, json: mappings.child ?? '' },
              why: "a copy of the child's mappings, as chosen",
            },
          ],
        },
        {
          value: 'master',
          about: `keep the ${row.master_mappings} of the master and copy them to the child`,
          changes: [
            {
              record: 'child',
              id: row.child_id,
              column: model.child.columns.mappings,
              to: { kind: 'text', text: mappings.master },
              why: "a copy of the master's mappings, as chosen",
            },
          ],
        },
      ],
    };
  },
};
