import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('too-many-retries', 'four times', {
  broken: (variant) => flow(variant, { master: { retry_count: 4 } }),
  healthy: (variant) => flow(variant, { master: { retry_count: 3 } }),
  message: 'the flow was tried again 4 times and is still processing',
  evidence: [{ record: 'master', column: 'retry_count', found: '4', expected: null }],
  ends: { left: 'manual' },
});
