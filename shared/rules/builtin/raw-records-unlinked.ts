import sql from 'sql-template-tag';
import { linkRecords } from '../facts/link-records.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** The import is linked to the flow, and raw records of it are not, or by the master's other key: what reads the records by their own link misses them. */
export const rawRecordsUnlinked: Rule = {
  id: 'raw-records-unlinked',
  title: 'Raw records not linked to their flow',
  severity: 'info',
  wayOut: 'fix',
  violated: (f) =>
    sql`(${f.records_unlinked} > 0 or ${f.records_wrong_key} > 0)
      and (${f.import_pointed} is null or ${f.import_pointed_link} = ${f.link_key})`,
  restsOn: {
    child: ['importId', 'masterFlowId'],
    import: ['id', 'masterFlowId'],
    rawRecords: ['importId', 'masterFlowId'],
  },
  explain: (row, model) => {
    const [unlinked, wrong] = [row.records_unlinked ?? 0, row.records_wrong_key ?? 0];
    const link = (found: string | null, why: string) =>
      evidence(model, 'rawRecords', 'masterFlowId', { found, expected: row.records_link_key, why });
    const otherKey = row.records_link_key === row.link_key ? row.link_other_key : row.link_key;
    return {
      message: `${unlinked + wrong} of ${row.records} raw records carry no link to the flow`,
      evidence: [
        ...(unlinked > 0 ? [link(null, `their import ${row.import_own} is linked to the flow`)] : []),
        ...(wrong > 0 ? [link(otherKey, `${wrong} carry the master's other key, which is no link`)] : []),
      ],
    };
  },
  writes: { rawRecords: ['masterFlowId'] },
  fix: linkRecords,
};
