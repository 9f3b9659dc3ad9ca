import { but, flow, MAPPINGS, masterless, WAITING } from '../../support/flow.ts';
import { noStatusCheck, takeRunningNoMore, testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  {
    name: 'the second best word goes with it too',
    rows: (variant) => flow(variant, { child: { status: 'active' }, master: { flow_status: 'processing' } }),
  },
  { name: 'there is no master', rows: (variant) => masterless(variant) },
  {
    name: 'the flow was cancelled, and its master looks alive',
    rows: (variant) => flow(variant, { child: { status: 'cancelled' } }),
  },
  {
    name: 'it is no word of the platform',
    rows: (variant) => flow(variant, { master: { flow_status: 'almost_done' } }),
    on: noStatusCheck,
  },
  {
    name: 'the install takes it no more',
    rows: (variant) => flow(variant, { master: { flow_status: 'running' } }),
    on: noStatusCheck,
  },
];

testRule('master-status-out-of-step', 'left at initialized while the child waits', {
  valid,
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
  valid,
  broken: (variant) => flow(variant, { master: { flow_status: 'failed' } }),
  healthy: (variant) => flow(variant),
  message: 'master status is failed but should be processing',
  evidence: [{ found: 'failed', expected: 'processing', why: 'the child says processing' }],
  ends: 'fix',
});

testRule('master-status-out-of-step', 'told while the mappings cannot be read: whether the flow waits is not known', {
  valid,
  broken: (variant) => flow(variant, { child: { field_mappings: [MAPPINGS] }, master: { flow_status: 'failed' } }),
  healthy: (variant) => flow(variant),
  message: 'master status is failed but should be processing',
  evidence: [{ found: 'failed' }],
  also: ['mappings-not-an-object'],
  ends: { left: 'manual' },
});

// Here the CHECK makes a near miss of the status that the install takes no more.
testRule('master-status-out-of-step', 'where a CHECK is newer than the rows', {
  valid,
  broken: (variant) => flow(variant, { master: { flow_status: 'failed' } }),
  healthy: (variant) => flow(variant),
  message: 'master status is failed but should be processing',
  evidence: [{ found: 'failed', expected: 'processing' }],
  ends: 'fix',
  on: [{ schema: 'migration', linkTarget: 'flow_id', statusCheck: false }],
  after: takeRunningNoMore,
});
