import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('progress-out-of-step', '0.0 with two phases complete', {
  broken: (variant) => flow(variant, { child: { progress_percentage: 0 } }),
  healthy: (variant) => flow(variant, { child: { progress_percentage: 33.333333 } }),
  message: 'progress is 0.0 but should be 33.3',
  evidence: [{ record: 'child', column: 'progress_percentage', found: '0.0', expected: '33.3' }],
  ends: 'fix',
});

testRule('progress-out-of-step', 'not a number', {
  broken: (variant) => flow(variant, { child: { progress_percentage: 'NaN' } }),
  healthy: (variant) => flow(variant),
  message: 'progress is NaN but should be 33.3',
  evidence: [{ found: 'NaN', expected: '33.3' }],
  ends: 'fix',
});
