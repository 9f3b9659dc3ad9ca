import sql from 'sql-template-tag';
import { linkRecords } from '../link-records.ts';
import type { Rule } from '../rule.ts';

/** The import is linked to the flow, and raw records of it are not: what reads the records by their own link misses them. */
export const rawRecordsUnlinked: Rule = {
  id: 'raw-records-unlinked',
  title: 'Raw records not linked to their flow',
  severity: 'info',
  wayOut: 'fix',
  violated: () => sql`f.records_unlinked > 0 and (f.import_pointed is null or f.import_pointed_link = f.link_key)`,
  restsOn: {
    child: ['importId', 'masterFlowId'],
    import: ['id', 'masterFlowId'],
    rawRecords: ['importId', 'masterFlowId'],
  },
  explain: (row, model) => ({
    message: `${row.records_unlinked} of ${row.records} raw records carry no link to the flow`,
    evidence: [
      {
        record: 'rawRecords',
        table: model.rawRecords.table,
        column: model.rawRecords.columns.masterFlowId,
        found: null,
        expected: row.link_key,
        why: `their import ${row.import_own} is linked to the flow`,
      },
    ],
  }),
  writes: { rawRecords: ['masterFlowId'] },
  fix: (facts, model) => linkRecords(facts, model, (link) => link === null),
};
