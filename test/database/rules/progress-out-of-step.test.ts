import { complete, flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  {
    name: 'less than half of a decimal above',
    rows: (variant) => flow(variant, { child: { progress_percentage: 33.349 } }),
  },
  {
    name: 'less than half of a decimal below',
    rows: (variant) => flow(variant, { child: { progress_percentage: 33.251 } }),
  },
  { name: 'all phases are complete', rows: (variant) => flow(variant, { child: complete(6) }) },
  {
    name: 'flags out of order count as they are',
    rows: (variant) => flow(variant, { child: { asset_inventory_completed: true, progress_percentage: 50 } }),
  },
];

testRule('progress-out-of-step', '0.0 with two phases complete', {
  valid,
  broken: (variant) => flow(variant, { child: { progress_percentage: 0 } }),
  healthy: (variant) => flow(variant, { child: { progress_percentage: 33.333333 } }),
  message: 'progress is 0.0 but should be 33.3',
  evidence: [{ record: 'child', column: 'progress_percentage', found: '0.0', expected: '33.3' }],
  ends: 'fix',
});

testRule('progress-out-of-step', 'not a number', {
  valid,
  broken: (variant) => flow(variant, { child: { progress_percentage: 'NaN' } }),
  healthy: (variant) => flow(variant),
  message: 'progress is NaN but should be 33.3',
  evidence: [{ found: 'NaN', expected: '33.3' }],
  ends: 'fix',
});
