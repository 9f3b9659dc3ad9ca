import { randomUUID } from 'node:crypto';
import { flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'of the same tenant', rows: (variant) => flow(variant) },
  {
    name: 'of no tenant, as older rows are',
    rows: (variant) => flow(variant, { rawRecords: { client_account_id: null, engagement_id: null } }),
  },
  {
    name: 'of an import that the flow neither names nor has linked',
    rows: (variant) => {
      const other = flow(variant, { child: { data_import_id: null } });
      return { ...flow(variant), others: [other] };
    },
  },
];

testRule('raw-records-other-tenant', 'of another client', {
  valid,
  broken: (variant) => flow(variant, { rawRecords: { client_account_id: randomUUID() } }),
  // Older rows name no tenant.
  healthy: (variant) => flow(variant, { rawRecords: { client_account_id: null, engagement_id: null } }),
  message: '2 of 2 raw records belong to another tenant than the flow',
  evidence: [{ record: 'rawRecords', column: 'client_account_id' }],
  ends: { left: 'manual' },
});

testRule('raw-records-other-tenant', 'of the import that is linked and not named', {
  valid,
  broken: (variant) => flow(variant, { child: { data_import_id: null }, rawRecords: { engagement_id: randomUUID() } }),
  healthy: (variant) => flow(variant),
  message: '2 of 2 raw records belong to another tenant than the flow',
  evidence: [{ record: 'rawRecords', column: 'client_account_id' }],
  also: ['import-not-named'],
  ends: { left: 'manual' },
});
