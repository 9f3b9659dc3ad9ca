import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('phase-unknown', 'a phase of no flow', {
  broken: (variant) => flow(variant, { child: { current_phase: 'mapping_of_fields' } }),
  healthy: (variant) => flow(variant, { child: { current_phase: null } }),
  message: 'current phase "mapping_of_fields" is not a phase of the flow',
  evidence: [{ record: 'child', column: 'current_phase', found: 'mapping_of_fields', expected: 'data_cleansing' }],
  ends: { left: 'manual' },
});
