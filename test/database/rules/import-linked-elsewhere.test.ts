import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('import-linked-elsewhere', 'the import that the child names has another owner', {
  broken: (variant) => {
    const tenant = randomUUID();
    const owner = flow(variant, { tenant });
    const rows = flow(variant, { tenant, child: { data_import_id: owner.importId } });
    return { ...rows, imports: [], rawRecords: [], others: [owner] };
  },
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/^the import that the flow names is linked to another flow/),
  evidence: [{ record: 'import', column: 'master_flow_id', expected: null }],
  ends: { left: 'manual' },
});
