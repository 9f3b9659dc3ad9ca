import { randomUUID } from 'node:crypto';
import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('master-missing', 'the child points to nothing', {
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
