import { flow, STATUSES, WAITING } from '../../support/flow.ts';
import { inEach, testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'of a flow that works', rows: (variant) => flow(variant) },
  { name: 'of a flow that waits', rows: (variant) => flow(variant, WAITING) },
  ...inEach(Object.values(STATUSES).flat(), (status) => ({ child: { status } })),
];

testRule('child-status-unknown', 'a word of another program', {
  valid,
  broken: (variant) => flow(variant, { child: { status: 'RUNNING' } }),
  healthy: (variant) => flow(variant),
  message: 'child status "RUNNING" is not a status of the platform',
  evidence: [{ record: 'child', column: 'status', found: 'RUNNING', expected: null }],
  ends: { left: 'manual' },
});
