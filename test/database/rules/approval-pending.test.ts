import { but, flow, WAITING } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('approval-pending', 'told; resuming answers it', {
  broken: (variant) => flow(variant, WAITING),
  // Nothing to approve yet: the mappings are still being made.
  healthy: (variant) =>
    flow(
      variant,
      but(WAITING, {
        child: { status: 'processing', field_mappings: null },
        master: { flow_status: 'processing', flow_persistence_data: {} },
      }),
    ),
  message: '2 field mappings wait for approval',
  evidence: [{ record: 'child', column: 'field_mapping_completed', found: 'false', expected: 'true' }],
  ends: { left: 'resume' },
});
