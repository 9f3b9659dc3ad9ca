import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('child-status-unknown', 'a word of another program', {
  broken: (variant) => flow(variant, { child: { status: 'RUNNING' } }),
  healthy: (variant) => flow(variant),
  message: 'child status "RUNNING" is not a status of the platform',
  evidence: [{ record: 'child', column: 'status', found: 'RUNNING', expected: null }],
  ends: { left: 'manual' },
});
