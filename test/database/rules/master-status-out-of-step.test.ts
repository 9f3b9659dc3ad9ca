import { but, flow, MAPPINGS, WAITING } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('master-status-out-of-step', 'left at initialized while the child waits', {
  broken: (variant) => flow(variant, but(WAITING, { master: { flow_status: 'initialized' } })),
  healthy: (variant) => flow(variant, WAITING),
  message: 'master status is initialized but should be waiting_for_approval',
  evidence: [
    {
      record: 'master',
      table: 'crewai_flow_state_extensions',
      column: 'flow_status',
      found: 'initialized',
      expected: 'waiting_for_approval',
    },
  ],
  also: ['approval-pending'],
  ends: 'fix',
});

// `running` is not in the CHECK of newer installs: there a running child goes with a master that is processing.
testRule('master-status-out-of-step', 'failed while the child is processing', {
  broken: (variant) => flow(variant, { master: { flow_status: 'failed' } }),
  healthy: (variant) => flow(variant),
  message: 'master status is failed but should be processing',
  evidence: [{ found: 'failed', expected: 'processing', why: 'the child says processing' }],
  ends: 'fix',
});

testRule('master-status-out-of-step', 'told while the mappings cannot be read: whether the flow waits is not known', {
  broken: (variant) => flow(variant, { child: { field_mappings: [MAPPINGS] }, master: { flow_status: 'failed' } }),
  healthy: (variant) => flow(variant),
  message: 'master status is failed but should be processing',
  evidence: [{ found: 'failed' }],
  also: ['mappings-not-an-object'],
  ends: { left: 'manual' },
});
