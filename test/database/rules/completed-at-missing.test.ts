import { complete, flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const done = { ...complete(6), status: 'completed' };

const valid: Valid = [
  {
    name: 'a phase is open: it was hardly completed',
    rows: (variant) => flow(variant, { child: { ...complete(5), status: 'completed' } }),
  },
  {
    name: 'it failed and was never completed',
    rows: (variant) => flow(variant, { child: { ...done, status: 'failed' } }),
  },
  {
    name: 'it works and will be completed',
    rows: (variant) => flow(variant, { child: { ...done, status: 'processing' } }),
  },
  {
    name: 'the time is there, however old',
    rows: (variant) => flow(variant, { child: { ...done, completed_at: '-infinity' } }),
  },
];

testRule('completed-at-missing', 'completed, nobody knows when', {
  valid,
  broken: (variant) => flow(variant, { child: done, master: { flow_status: 'completed' } }),
  healthy: (variant) =>
    flow(variant, { child: { ...done, completed_at: '2026-01-01T00:00:00Z' }, master: { flow_status: 'completed' } }),
  message: 'the flow is completed but has no time of completion',
  evidence: [{ record: 'child', column: 'completed_at', found: null }],
  ends: 'fix',
});

testRule('completed-at-missing', 'completed, and nobody knows when it was written', {
  valid,
  broken: (variant) =>
    flow(variant, { child: { ...done, updated_at: '-infinity' }, master: { flow_status: 'completed' } }),
  healthy: (variant) =>
    flow(variant, { child: { ...done, completed_at: '2026-01-01T00:00:00Z' }, master: { flow_status: 'completed' } }),
  message: 'the flow is completed but has no time of completion',
  evidence: [{ record: 'child', column: 'completed_at', found: null, expected: null }],
  ends: { left: 'manual' },
});
