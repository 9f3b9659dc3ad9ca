import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('phase-behind-flags', 'still in the mapping that is complete', {
  broken: (variant) => flow(variant, { child: { current_phase: 'attribute_mapping' } }),
  healthy: (variant) => flow(variant),
  message: 'current phase is attribute_mapping, which is complete; it should be data_cleansing',
  evidence: [{ record: 'child', column: 'current_phase', found: 'attribute_mapping', expected: 'data_cleansing' }],
  ends: 'fix',
});
