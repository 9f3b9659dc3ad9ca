import sql from 'sql-template-tag';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** The table of suggested mappings and the flow's own mappings name different targets: people approve one and get the other. */
export const mappingRowsDiffer: Rule = {
  id: 'mapping-rows-differ',
  title: 'Rows of mappings disagree with the JSON',
  severity: 'warning',
  wayOut: 'manual',
  violated: (f) => sql`cardinality(${f.mapping_rows_differ}) > 0`,
  restsOn: { child: ['importId', 'mappings'], mappingRows: ['importId', 'source', 'target', 'status'] },
  explain: (row, model) => ({
    message: `the rows of mappings name other targets than the flow for ${listed(row.mapping_rows_differ ?? [])}`,
    evidence: [
      evidence(model, 'mappingRows', 'target', {
        found: listed(row.mapping_rows_differ ?? []),
        expected: null,
        why: `${model.child.table}.${model.child.columns.mappings} has another target for these fields, or does not have them`,
      }),
    ],
  }),
};

const MAX_NAMED = 5;

function listed(fields: readonly string[]): string {
  const rest = fields.length - MAX_NAMED;
  return `${fields.slice(0, MAX_NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
