import { but, flow, hoursAgo, WAITING } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('waiting-too-long', 'for four days', {
  broken: (variant) => flow(variant, but(WAITING, { child: { updated_at: hoursAgo(100) } })),
  healthy: (variant) => flow(variant, but(WAITING, { child: { updated_at: hoursAgo(50) } })),
  message: 'the flow has waited for an approval for 4 days',
  evidence: [{ record: 'child', column: 'updated_at' }],
  also: ['approval-pending'],
  ends: { left: 'resume' },
});
