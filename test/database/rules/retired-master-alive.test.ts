import { complete, flow, masterless, STATUSES } from '../../support/flow.ts';
import { inEach, testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  {
    name: 'the flow was completed, not put away: another rule says that',
    rows: (variant) => flow(variant, { child: { ...complete(6), status: 'completed' } }),
  },
  {
    name: 'the master was put away',
    rows: (variant) => flow(variant, { child: { status: 'cancelled' }, master: { flow_status: 'cancelled' } }),
  },
  {
    name: 'the master failed: another rule says that',
    rows: (variant) => flow(variant, { child: { status: 'cancelled' }, master: { flow_status: 'failed' } }),
  },
  { name: 'there is no master', rows: (variant) => masterless(variant, { child: { status: 'cancelled' } }) },
  ...inEach([...STATUSES.working, ...STATUSES.waiting, ...STATUSES.failed], (status) => ({ child: { status } })),
];

testRule('retired-master-alive', 'cancelled, and the master works', {
  valid,
  broken: (variant) => flow(variant, { child: { status: 'cancelled' } }),
  healthy: (variant) => flow(variant, { child: { status: 'cancelled' }, master: { flow_status: 'cancelled' } }),
  message: 'the flow is cancelled but its master is processing',
  evidence: [{ record: 'master', column: 'flow_status', found: 'processing', expected: 'cancelled' }],
  ends: 'fix',
});

// `deleted` and `superseded` are not in the CHECK of newer installs: there the master is cancelled.
testRule('retired-master-alive', 'superseded, and the master waits', {
  valid,
  broken: (variant) =>
    flow(variant, { child: { status: 'superseded' }, master: { flow_status: 'waiting_for_approval' } }),
  healthy: (variant) => flow(variant, { child: { status: 'superseded' }, master: { flow_status: 'cancelled' } }),
  message: 'the flow is superseded but its master is waiting_for_approval',
  evidence: [{ found: 'waiting_for_approval' }],
  ends: 'fix',
});
