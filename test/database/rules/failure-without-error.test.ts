import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('failure-without-error', 'failed, nobody knows why', {
  broken: (variant) =>
    flow(variant, { child: { status: 'failed', error_message: '' }, master: { flow_status: 'failed' } }),
  healthy: (variant) =>
    flow(variant, { child: { status: 'failed', error_message: 'no crew' }, master: { flow_status: 'failed' } }),
  message: 'the flow is failed but no error is recorded',
  evidence: [{ record: 'child', column: 'error_message', found: null }],
  ends: { left: 'manual' },
});

testRule('failure-without-error', 'failed with a blank text', {
  broken: (variant) =>
    flow(variant, { child: { status: 'failed', error_message: ' \n' }, master: { flow_status: 'failed' } }),
  healthy: (variant) =>
    flow(variant, { child: { status: 'failed', error_message: ' no crew' }, master: { flow_status: 'failed' } }),
  message: 'the flow is failed but no error is recorded',
  evidence: [{ record: 'child', column: 'error_message' }],
  ends: { left: 'manual' },
});
