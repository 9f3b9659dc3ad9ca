import sql from 'sql-template-tag';
import type { Rule } from '../rule.ts';

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
      {
        record: 'import',
        table: model.import.table,
        column: model.import.columns.totalRecords,
        found: String(row.import_total),
        expected: null,
        why: `${model.rawRecords.table} holds ${row.records} rows of import ${row.import_own}`,
      },
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
          {
            record: 'import',
            id: row.import_own ?? '',
            column: model.import.columns.totalRecords,
            to: { kind: 'text', text: String(row.records) },
            why: 'the records that are there, as chosen',
          },
        ],
      },
    ],
  }),
};
