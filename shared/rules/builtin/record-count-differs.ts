import sql from 'sql-template-tag';
import { evidence } from '../finding/evidence.ts';
import { setColumn } from '../finding/set-column.ts';
import type { Rule } from '../rule/rule.ts';

/** The import says how many records it holds, and another number is there: records were lost, or the number is wrong. */
export const recordCountDiffers: Rule = {
  id: 'record-count-differs',
  title: 'Records counted differ from total_records',
  severity: 'warning',
  wayOut: 'suggestion',
  // An import that is still being read has not got all of them yet.
  violated: (f) => sql`${f.records} <> ${f.import_total} and not ${f.import_alive}`,
  restsOn: { child: ['importId'], import: ['id', 'masterFlowId', 'status', 'totalRecords'], rawRecords: ['importId'] },
  explain: (row, model) => ({
    message: `the import says ${row.import_total} records, and ${row.records} are there`,
    evidence: [
      evidence(model, 'import', 'totalRecords', {
        found: String(row.import_total),
        expected: null,
        why: `${model.rawRecords.table} holds ${row.records} rows of import ${row.import_own}`,
      }),
    ],
  }),
  writes: { import: ['totalRecords'] },
  fix: ({ row }, model) => ({
    kind: 'choice',
    why: 'records were lost, or the number is wrong: only a person knows which',
    options: [
      {
        value: 'count',
        about: `the ${row.records} records are all there ever were: set the number to what is there`,
        changes: [
          setColumn(
            model,
            'import',
            row.import_own ?? '',
            'totalRecords',
            String(row.records),
            'the records that are there, as chosen',
          ),
        ],
      },
    ],
  }),
};
