import { randomUUID } from 'node:crypto';
import { flow, masterless, withImport } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  {
    name: 'the import is of no tenant, as older rows are',
    rows: (variant) => flow(variant, { import: { client_account_id: null, engagement_id: null } }),
  },
  { name: 'there is no master', rows: (variant) => masterless(variant) },
  {
    name: 'there is no import',
    rows: (variant) => ({ ...flow(variant, { child: { data_import_id: null } }), imports: [], rawRecords: [] }),
  },
  {
    name: 'an import that is linked and is not the one named: another rule says that',
    rows: (variant) => withImport(flow(variant), { client_account_id: randomUUID() }),
  },
];

testRule('tenant-differs', 'the master is of another client', {
  valid,
  broken: (variant) => flow(variant, { master: { client_account_id: randomUUID() } }),
  healthy: (variant) => flow(variant, { import: { client_account_id: null, engagement_id: null } }),
  message: 'the master belongs to another tenant than the child',
  evidence: [{ record: 'master', column: 'client_account_id' }],
  ends: { left: 'manual' },
});

testRule('tenant-differs', 'the import is of another engagement', {
  valid,
  broken: (variant) => flow(variant, { import: { engagement_id: randomUUID() } }),
  healthy: (variant) => flow(variant),
  message: 'the import belongs to another tenant than the child',
  evidence: [{ record: 'import', table: 'data_imports', column: 'engagement_id', found: 'another engagement' }],
  ends: { left: 'manual' },
});

testRule('tenant-differs', 'the import that is linked and not named is of another client', {
  valid,
  broken: (variant) => flow(variant, { child: { data_import_id: null }, import: { client_account_id: randomUUID() } }),
  healthy: (variant) => flow(variant),
  message: 'the import belongs to another tenant than the child',
  evidence: [{ record: 'import', table: 'data_imports' }],
  also: ['import-not-named'],
  ends: { left: 'manual' },
});
