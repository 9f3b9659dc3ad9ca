import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('error-on-working-flow', 'processing with an error', {
  broken: (variant) => flow(variant, { child: { error_message: 'no crew' } }),
  healthy: (variant) => flow(variant),
  message: 'the flow is processing but carries an error text',
  evidence: [{ record: 'child', column: 'error_message', found: 'an error text' }],
  ends: { left: 'manual' },
});
