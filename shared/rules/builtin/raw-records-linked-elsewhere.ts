import sql from 'sql-template-tag';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** Raw records of the flow's import are linked to another flow than the import is: one of the two links is wrong. */
export const rawRecordsLinkedElsewhere: Rule = {
  id: 'raw-records-linked-elsewhere',
  title: 'Raw records linked to another flow',
  severity: 'warning',
  wayOut: 'manual',
  violated: (f) =>
    sql`${f.records_elsewhere} > 0 and (${f.import_pointed} is null or ${f.import_pointed_link} = ${f.link_key})`,
  restsOn: { child: ['importId', 'masterFlowId'], import: ['masterFlowId'], rawRecords: ['importId', 'masterFlowId'] },
  explain: (row, model) => ({
    message: `${row.records_elsewhere} of ${row.records} raw records are linked to another flow`,
    evidence: [
      evidence(model, 'rawRecords', 'masterFlowId', {
        found: 'another flow',
        expected: row.records_link_key,
        why: `their import ${row.import_own} is linked to this flow: which of the two is right, only a person knows`,
      }),
    ],
  }),
};
