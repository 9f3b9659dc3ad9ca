import { flow, STATUSES } from '../../support/flow.ts';
import { inEach, testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'it has none', rows: (variant) => flow(variant) },
  { name: 'its text is blank', rows: (variant) => flow(variant, { child: { error_message: ' \n' } }) },
  ...inEach([...STATUSES.waiting, ...STATUSES.ended], (status) => ({ child: { status, error_message: 'no crew' } })),
];

testRule('error-on-working-flow', 'processing with an error', {
  valid,
  broken: (variant) => flow(variant, { child: { error_message: 'no crew' } }),
  healthy: (variant) => flow(variant),
  message: 'the flow is processing but carries an error text',
  evidence: [{ record: 'child', column: 'error_message', found: 'an error text' }],
  ends: { left: 'manual' },
});
