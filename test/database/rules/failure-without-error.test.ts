import { flow, STATUSES } from '../../support/flow.ts';
import { inEach, testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'with a text', rows: (variant) => flow(variant, { child: { status: 'failed', error_message: 'no crew' } }) },
  {
    name: 'in the other status of a failure, with a text',
    rows: (variant) => flow(variant, { child: { status: 'error', error_message: 'no crew' } }),
  },
  ...inEach([...STATUSES.working, ...STATUSES.waiting, 'completed', ...STATUSES.retired], (status) => ({
    child: { status },
  })),
];

testRule('failure-without-error', 'failed, nobody knows why', {
  valid,
  broken: (variant) =>
    flow(variant, { child: { status: 'failed', error_message: '' }, master: { flow_status: 'failed' } }),
  healthy: (variant) =>
    flow(variant, { child: { status: 'failed', error_message: 'no crew' }, master: { flow_status: 'failed' } }),
  message: 'the flow is failed but no error is recorded',
  evidence: [{ record: 'child', column: 'error_message', found: null }],
  ends: { left: 'manual' },
});

testRule('failure-without-error', 'failed with a blank text', {
  valid,
  broken: (variant) =>
    flow(variant, { child: { status: 'failed', error_message: ' \n' }, master: { flow_status: 'failed' } }),
  healthy: (variant) =>
    flow(variant, { child: { status: 'failed', error_message: ' no crew' }, master: { flow_status: 'failed' } }),
  message: 'the flow is failed but no error is recorded',
  evidence: [{ record: 'child', column: 'error_message' }],
  ends: { left: 'manual' },
});

testRule('failure-without-error', 'in the other status of a failure', {
  valid,
  broken: (variant) => flow(variant, { child: { status: 'error' }, master: { flow_status: 'failed' } }),
  healthy: (variant) =>
    flow(variant, { child: { status: 'error', error_message: 'no crew' }, master: { flow_status: 'failed' } }),
  message: 'the flow is error but no error is recorded',
  evidence: [{ record: 'child', column: 'error_message', found: null }],
  ends: { left: 'manual' },
});
