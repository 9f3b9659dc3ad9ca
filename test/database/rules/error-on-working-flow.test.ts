import { flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  {
    name: 'it waits for a person',
    rows: (variant) => flow(variant, { child: { status: 'paused', error_message: 'no crew' } }),
  },
  {
    name: 'it waits for an approval',
    rows: (variant) => flow(variant, { child: { status: 'waiting_for_approval', error_message: 'no crew' } }),
  },
  {
    name: 'it failed, and the text says why',
    rows: (variant) => flow(variant, { child: { status: 'failed', error_message: 'no crew' } }),
  },
  { name: 'its text is blank', rows: (variant) => flow(variant, { child: { error_message: ' \n' } }) },
];

testRule('error-on-working-flow', 'processing with an error', {
  valid,
  broken: (variant) => flow(variant, { child: { error_message: 'no crew' } }),
  healthy: (variant) => flow(variant),
  message: 'the flow is processing but carries an error text',
  evidence: [{ record: 'child', column: 'error_message', found: 'an error text' }],
  ends: { left: 'manual' },
});
