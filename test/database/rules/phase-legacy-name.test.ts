import { but, flow, WAITING } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('phase-legacy-name', 'attribute_mapping instead of field_mapping', {
  broken: (variant) => flow(variant, but(WAITING, { child: { current_phase: 'attribute_mapping' } })),
  healthy: (variant) => flow(variant, WAITING),
  message: 'current phase has its old name attribute_mapping; today it is field_mapping',
  evidence: [{ record: 'child', column: 'current_phase', found: 'attribute_mapping', expected: 'field_mapping' }],
  also: ['approval-pending'],
  ends: { choose: () => 'rename' },
});
