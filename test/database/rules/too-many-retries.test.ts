import { flow, masterless } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'three times', rows: (variant) => flow(variant, { master: { retry_count: 3 } }) },
  {
    name: 'it failed, and says so',
    rows: (variant) =>
      flow(variant, { child: { status: 'failed' }, master: { retry_count: 9, flow_status: 'failed' } }),
  },
  { name: 'there is no master', rows: (variant) => masterless(variant) },
];

testRule('too-many-retries', 'four times', {
  valid,
  broken: (variant) => flow(variant, { master: { retry_count: 4 } }),
  healthy: (variant) => flow(variant, { master: { retry_count: 3 } }),
  message: 'the flow was tried again 4 times and is still processing',
  evidence: [{ record: 'master', column: 'retry_count', found: '4', expected: null }],
  ends: { left: 'manual' },
});
