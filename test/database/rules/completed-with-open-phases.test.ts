import { complete, flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

const done = { status: 'completed', completed_at: '2026-01-01T00:00:00Z' };

testRule('completed-with-open-phases', 'completed after two phases', {
  broken: (variant) => flow(variant, { child: done, master: { flow_status: 'completed' } }),
  healthy: (variant) => flow(variant, { child: { ...complete(6), ...done }, master: { flow_status: 'completed' } }),
  message: 'the flow is completed but data_cleansing is open',
  evidence: [{ record: 'child', column: 'status', found: 'completed', expected: null }],
  ends: { left: 'manual' },
});
