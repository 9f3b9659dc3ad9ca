import { but, flow, WAITING } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('phase-behind-flags', 'still in the mapping that is complete', {
  broken: (variant) => flow(variant, { child: { current_phase: 'attribute_mapping' } }),
  healthy: (variant) => flow(variant),
  message: 'current phase is attribute_mapping, which is complete; it should be data_cleansing',
  evidence: [{ record: 'child', column: 'current_phase', found: 'attribute_mapping', expected: 'data_cleansing' }],
  ends: 'fix',
});

// Put right, the flow waits for an approval: both are found and mended at once.
testRule('child-status-should-wait', 'behind its flags, with mappings that wait', {
  broken: (variant) =>
    flow(
      variant,
      but(WAITING, {
        child: { status: 'processing', current_phase: 'data_import' },
        master: { flow_status: 'processing' },
      }),
    ),
  healthy: (variant) => flow(variant, WAITING),
  message: 'child status is processing but should be waiting_for_approval',
  evidence: [{ found: 'processing' }],
  also: ['approval-pending', 'phase-behind-flags', 'master-status-out-of-step'],
  ends: 'fix',
});
