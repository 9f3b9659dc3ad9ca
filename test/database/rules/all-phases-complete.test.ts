import { complete, flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('all-phases-complete', 'still processing', {
  broken: (variant) => flow(variant, { child: complete(6), master: { flow_status: 'completed' } }),
  healthy: (variant) =>
    flow(variant, {
      child: { ...complete(6), status: 'completed', completed_at: '2026-01-01T00:00:00Z' },
      master: { flow_status: 'completed' },
    }),
  message: 'all phases are complete but the flow is processing',
  evidence: [{ record: 'child', column: 'status', found: 'processing', expected: 'completed' }],
  ends: 'fix',
});
