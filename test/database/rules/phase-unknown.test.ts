import { flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'none is stored', rows: (variant) => flow(variant, { child: { current_phase: null } }) },
  {
    name: 'the old name of a phase',
    rows: (variant) => flow(variant, { child: { current_phase: 'attribute_mapping' } }),
  },
  {
    name: 'it was cancelled',
    rows: (variant) => flow(variant, { child: { current_phase: 'mapping_of_fields', status: 'cancelled' } }),
  },
];

testRule('phase-unknown', 'a phase of no flow', {
  valid,
  broken: (variant) => flow(variant, { child: { current_phase: 'mapping_of_fields' } }),
  healthy: (variant) => flow(variant, { child: { current_phase: null } }),
  message: 'current phase "mapping_of_fields" is not a phase of the flow',
  evidence: [{ record: 'child', column: 'current_phase', found: 'mapping_of_fields', expected: 'data_cleansing' }],
  ends: { left: 'manual' },
});
