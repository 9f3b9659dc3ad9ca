import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { InstallVariant } from '../../../shared/demo/install-schema.ts';
import { flow, masterless } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  {
    name: 'it is there, and the child names none',
    rows: (variant) => flow(variant, { child: { master_flow_id: null } }),
  },
  { name: 'the flow was deleted', rows: (variant) => masterless(variant, { child: { status: 'deleted' } }) },
  { name: 'the flow was superseded', rows: (variant) => masterless(variant, { child: { status: 'superseded' } }) },
];

testRule('master-missing', 'the child points to nothing', {
  valid,
  broken: (variant) => {
    const rows = flow(variant, {
      import: { master_flow_id: null },
      rawRecords: { master_flow_id: null },
      child: { master_flow_id: randomUUID() },
    });
    return { ...rows, master: undefined };
  },
  healthy: (variant) => flow(variant, { child: { master_flow_id: null } }),
  message: 'the flow has no master record',
  evidence: [{ record: 'child', column: 'master_flow_id', expected: null }],
  ends: { left: 'manual' },
});

/** Only an install without the foreign key can hold the wrong one of the two keys; the others refuse it. */
const WITHOUT_FOREIGN_KEY: readonly InstallVariant[] = [{ schema: 'public', linkTarget: 'none', statusCheck: true }];

/** The child holds the id of this master where its flow id belongs. */
function byId(variant: InstallVariant, master: Record<string, unknown>) {
  const id = randomUUID();
  return flow(variant, { child: { master_flow_id: id }, master: { id, ...master } });
}

testRule('master-missing', 'the child names its master by the wrong key', {
  valid,
  broken: (variant) => byId(variant, {}),
  healthy: (variant) => flow(variant),
  message: 'the flow names its master by the wrong key',
  evidence: [{ record: 'child', column: 'master_flow_id', expected: expect.any(String) }],
  ends: 'fix',
  on: WITHOUT_FOREIGN_KEY,
});

testRule('master-missing', 'the child holds the id of a master of another tenant', {
  valid,
  broken: (variant) => byId(variant, { engagement_id: randomUUID() }),
  healthy: (variant) => flow(variant),
  message: 'the flow has no master record',
  evidence: [{ record: 'child', column: 'master_flow_id', expected: null }],
  ends: { left: 'manual' },
  on: WITHOUT_FOREIGN_KEY,
});

testRule('master-missing', 'the child holds the id of the master of another flow', {
  valid,
  broken: (variant) => {
    const tenant = randomUUID();
    const other = flow(variant, { tenant });
    const rows = flow(variant, {
      tenant,
      child: { master_flow_id: other.master?.id },
      import: { master_flow_id: null },
      rawRecords: { master_flow_id: null },
    });
    return { ...rows, master: undefined, others: [other] };
  },
  healthy: (variant) => flow(variant),
  message: 'the flow has no master record',
  evidence: [
    {
      column: 'master_flow_id',
      expected: null,
      why: expect.stringMatching(/: it is the own id of the master of flow /),
    },
  ],
  ends: { left: 'manual' },
  on: WITHOUT_FOREIGN_KEY,
});
