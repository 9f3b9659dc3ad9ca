import { flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'a rare word for a flow that works', rows: (variant) => flow(variant, { child: { status: 'in_progress' } }) },
  { name: 'a rare word for a flow that waits', rows: (variant) => flow(variant, { child: { status: 'paused' } }) },
  {
    name: 'a rare word for a flow that has ended',
    rows: (variant) => flow(variant, { child: { status: 'superseded' } }),
  },
];

testRule('child-status-unknown', 'a word of another program', {
  valid,
  broken: (variant) => flow(variant, { child: { status: 'RUNNING' } }),
  healthy: (variant) => flow(variant),
  message: 'child status "RUNNING" is not a status of the platform',
  evidence: [{ record: 'child', column: 'status', found: 'RUNNING', expected: null }],
  ends: { left: 'manual' },
});
