import sql from 'sql-template-tag';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** Raw records of the flow's import belong to another tenant: reading them would show a client another client's data. */
export const rawRecordsOtherTenant: Rule = {
  id: 'raw-records-other-tenant',
  title: 'Raw records of another tenant',
  severity: 'error',
  wayOut: 'manual',
  violated: (f) => sql`${f.records_other_tenant} > 0`,
  restsOn: { child: ['importId', 'client', 'engagement'], rawRecords: ['importId', 'client', 'engagement'] },
  explain: (row, model) => ({
    message: `${row.records_other_tenant} of ${row.records} raw records belong to another tenant than the flow`,
    evidence: [
      evidence(model, 'rawRecords', 'client', {
        found: 'another tenant',
        expected: row.client_account_id,
        why: `the child belongs to client ${row.client_account_id}, engagement ${row.engagement_id}`,
      }),
    ],
  }),
};
