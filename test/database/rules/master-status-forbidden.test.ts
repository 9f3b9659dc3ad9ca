import { flow, masterless } from '../../support/flow.ts';
import { takeRunningNoMore, testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'the install takes it', rows: (variant) => flow(variant) },
  {
    name: 'it is no word of the platform',
    rows: (variant) => flow(variant, { master: { flow_status: 'almost_done' } }),
  },
  { name: 'there is no master', rows: (variant) => masterless(variant) },
];

testRule('master-status-forbidden', 'a row that is older than the CHECK', {
  valid,
  broken: (variant) => flow(variant, { master: { flow_status: 'running' } }),
  healthy: (variant) => flow(variant),
  message: 'master status running is forbidden by a CHECK of this install',
  evidence: [{ record: 'master', column: 'flow_status', found: 'running', expected: 'processing' }],
  ends: 'fix',
  on: [{ schema: 'migration', linkTarget: 'flow_id', statusCheck: false }],
  after: takeRunningNoMore,
  // The way back would write what the CHECK forbids.
  undo: 'refused by the database',
});

// A status that the install takes no more is this rule's matter, also where it looks alive: `retired-master-alive` is silent.
testRule('master-status-forbidden', 'on a flow that was cancelled', {
  valid,
  broken: (variant) => flow(variant, { child: { status: 'cancelled' }, master: { flow_status: 'running' } }),
  healthy: (variant) => flow(variant, { child: { status: 'cancelled' }, master: { flow_status: 'cancelled' } }),
  message: 'master status running is forbidden by a CHECK of this install',
  evidence: [{ record: 'master', column: 'flow_status', found: 'running', expected: 'cancelled' }],
  ends: 'fix',
  on: [{ schema: 'migration', linkTarget: 'flow_id', statusCheck: false }],
  after: takeRunningNoMore,
  undo: 'refused by the database',
});
