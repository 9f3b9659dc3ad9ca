import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('retired-master-alive', 'cancelled, and the master works', {
  broken: (variant) => flow(variant, { child: { status: 'cancelled' } }),
  healthy: (variant) => flow(variant, { child: { status: 'cancelled' }, master: { flow_status: 'cancelled' } }),
  message: 'the flow is cancelled but its master is processing',
  evidence: [{ record: 'master', column: 'flow_status', found: 'processing', expected: 'cancelled' }],
  ends: 'fix',
});

// `deleted` and `superseded` are not in the CHECK of newer installs: there the master is cancelled.
testRule('retired-master-alive', 'superseded, and the master waits', {
  broken: (variant) =>
    flow(variant, { child: { status: 'superseded' }, master: { flow_status: 'waiting_for_approval' } }),
  healthy: (variant) => flow(variant, { child: { status: 'superseded' }, master: { flow_status: 'cancelled' } }),
  message: 'the flow is superseded but its master is waiting_for_approval',
  evidence: [{ found: 'waiting_for_approval' }],
  ends: 'fix',
});
