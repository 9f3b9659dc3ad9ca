import sql from 'sql-template-tag';
import type { Evidence } from '../finding/finding.ts';
import type { Rule } from '../rule/rule.ts';

/** Records of one flow belong to different tenants: reading them as one would show a client another client's data. */
export const tenantDiffers: Rule = {
  id: 'tenant-differs',
  title: 'Tenant differs between the records',
  severity: 'error',
  wayOut: 'manual',
  violated: (f) => sql`not ${f.master_same_tenant} or not ${f.import_same_tenant}`,
  restsOn: { child: ['client', 'engagement'], master: ['client', 'engagement'], import: ['client', 'engagement'] },
  explain: (row, model) => {
    const others = [
      ...(row.master_same_tenant ? [] : (['master'] as const)),
      ...(row.import_same_tenant ? [] : (['import'] as const)),
    ];
    return {
      message: `the ${others.join(' and the ')} belongs to another tenant than the child`,
      evidence: others.map(
        (record): Evidence => ({
          record,
          table: model[record].table,
          ...(row[`${record}_same_client`]
            ? { column: model[record].columns.engagement, found: 'another engagement', expected: row.engagement_id }
            : { column: model[record].columns.client, found: 'another client', expected: row.client_account_id }),
          why: `the child belongs to client ${row.client_account_id}, engagement ${row.engagement_id}`,
        }),
      ),
    };
  },
};
