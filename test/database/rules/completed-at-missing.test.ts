import { complete, flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

const done = { ...complete(6), status: 'completed' };

testRule('completed-at-missing', 'completed, nobody knows when', {
  broken: (variant) => flow(variant, { child: done, master: { flow_status: 'completed' } }),
  healthy: (variant) =>
    flow(variant, { child: { ...done, completed_at: '2026-01-01T00:00:00Z' }, master: { flow_status: 'completed' } }),
  message: 'the flow is completed but has no time of completion',
  evidence: [{ record: 'child', column: 'completed_at', found: null }],
  ends: 'fix',
});

testRule('completed-at-missing', 'completed, and nobody knows when it was written', {
  broken: (variant) =>
    flow(variant, { child: { ...done, updated_at: '-infinity' }, master: { flow_status: 'completed' } }),
  healthy: (variant) =>
    flow(variant, { child: { ...done, completed_at: '2026-01-01T00:00:00Z' }, master: { flow_status: 'completed' } }),
  message: 'the flow is completed but has no time of completion',
  evidence: [{ record: 'child', column: 'completed_at', found: null, expected: null }],
  ends: { left: 'manual' },
});
