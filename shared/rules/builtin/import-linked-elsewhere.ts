import sql from 'sql-template-tag';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** The import that the child names is linked to another flow: one of the two is wrong. */
export const importLinkedElsewhere: Rule = {
  id: 'import-linked-elsewhere',
  title: 'Import linked to another flow',
  severity: 'error',
  wayOut: 'manual',
  violated: (f) =>
    sql`${f.master_id} is not null and ${f.import_pointed_link} <> ${f.link_key}
    and ${f.import_pointed_link} <> ${f.link_other_key}`,
  restsOn: { child: ['importId'], import: ['masterFlowId'] },
  explain: (row, model) => ({
    message: `the import that the flow names is linked to another flow (${row.import_pointed_link})`,
    evidence: [
      evidence(model, 'import', 'masterFlowId', {
        found: row.import_pointed_link,
        expected: null,
        why: `${model.child.table}.${model.child.columns.importId} is ${row.import_pointed}: one of the two links is wrong`,
      }),
    ],
  }),
};
