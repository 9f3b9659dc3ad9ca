import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { InstallVariant } from '../../../shared/demo/install-schema.ts';
import { byOtherKey, flow, masterless } from '../../support/flow.ts';
import { noForeignKey, testRule, type Valid } from '../../support/rule-tester.ts';

/** The flow names the import of another flow of its tenant. */
function ofAnother(variant: InstallVariant, made = flow) {
  const tenant = randomUUID();
  const owner = flow(variant, { tenant });
  const rows = made(variant, { tenant, child: { data_import_id: owner.importId } });
  return { ...rows, imports: [], rawRecords: [], others: [owner] };
}

const valid: Valid = [
  { name: 'linked to the flow itself', rows: (variant) => flow(variant) },
  { name: 'linked to no flow', rows: (variant) => flow(variant, { import: { master_flow_id: null } }) },
  { name: "linked by the master's other key", rows: byOtherKey, on: noForeignKey },
  { name: 'without a master no link is wrong', rows: (variant) => ofAnother(variant, masterless) },
];

testRule('import-linked-elsewhere', 'the import that the child names has another owner', {
  valid,
  broken: (variant) => ofAnother(variant),
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/^the import that the flow names is linked to another flow/),
  evidence: [{ record: 'import', column: 'master_flow_id', expected: null }],
  ends: { left: 'manual' },
});
