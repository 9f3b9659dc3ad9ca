import sql from 'sql-template-tag';
import { mappingsEvidence, setMappings } from '../facts/mappings-place.ts';
import type { Rule } from '../rule/rule.ts';

const NUL = '\\u0000';

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
      mappingsEvidence(model, 'master', {
        found: `${row.master_mappings ?? '?'} mappings`,
        expected: null,
        why: `${model.child.table}.${model.child.columns.mappings} holds ${row.child_mappings ?? '?'} others; the frontend reads the child first`,
      }),
    ],
  }),
  writes: { child: ['mappings'], master: ['persistence'] },
  fix: ({ row, mappings }, model) => {
    const { child, master } = mappings;
    if (child === null || master === null || child.includes(NUL) || master.includes(NUL)) {
      return { kind: 'undecided', why: 'the mappings hold an escaped NUL, which the other record cannot hold' };
    }
    return {
      kind: 'choice',
      why: 'which of the two was approved, only a person knows',
      options: [
        {
          value: 'child',
          about: `keep the ${row.child_mappings} of the child and copy them to the master`,
          changes: [setMappings(model, 'master', row, child, "a copy of the child's mappings, as chosen")],
        },
        {
          value: 'master',
          about: `keep the ${row.master_mappings} of the master and copy them to the child`,
          changes: [setMappings(model, 'child', row, master, "a copy of the master's mappings, as chosen")],
        },
      ],
    };
  },
};
