import { but, flow, WAITING } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'the name of today', rows: (variant) => flow(variant, WAITING) },
  {
    name: 'the old name of a phase that is complete',
    rows: (variant) => flow(variant, { child: { current_phase: 'attribute_mapping' } }),
  },
  {
    name: 'a name that no install used',
    rows: (variant) => flow(variant, but(WAITING, { child: { current_phase: 'mapping_of_fields' } })),
  },
  {
    name: 'it was cancelled',
    rows: (variant) =>
      flow(variant, but(WAITING, { child: { current_phase: 'attribute_mapping', status: 'cancelled' } })),
  },
];

testRule('phase-legacy-name', 'attribute_mapping instead of field_mapping', {
  valid,
  broken: (variant) => flow(variant, but(WAITING, { child: { current_phase: 'attribute_mapping' } })),
  healthy: (variant) => flow(variant, WAITING),
  message: 'current phase has its old name attribute_mapping; today it is field_mapping',
  evidence: [{ record: 'child', column: 'current_phase', found: 'attribute_mapping', expected: 'field_mapping' }],
  also: ['approval-pending'],
  ends: { choose: () => 'rename' },
});
