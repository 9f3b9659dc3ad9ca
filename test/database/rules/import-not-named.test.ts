import { randomUUID } from 'node:crypto';
import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

const message = 'an import is linked to the flow, and the child does not name it';

testRule('import-not-named', 'linked by the platform, and not named', {
  broken: (variant) => flow(variant, { child: { data_import_id: null } }),
  healthy: (variant) => flow(variant),
  message,
  evidence: [{ record: 'child', table: 'discovery_flows', column: 'data_import_id', found: null }],
  ends: 'fix',
});

testRule('import-not-named', 'of another tenant: not named for it', {
  broken: (variant) => flow(variant, { child: { data_import_id: null }, import: { client_account_id: randomUUID() } }),
  healthy: (variant) => flow(variant),
  message,
  evidence: [{ record: 'child', column: 'data_import_id', found: null }],
  also: ['tenant-differs'],
  ends: { left: 'manual' },
});
