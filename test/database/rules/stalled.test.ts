import { expect } from 'vitest';
import { flow, hoursAgo } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('stalled', 'processing, and silent for 30 hours', {
  broken: (variant) => flow(variant, { child: { updated_at: hoursAgo(30) } }),
  healthy: (variant) => flow(variant, { child: { updated_at: hoursAgo(20) } }),
  message: 'the flow is processing but was not written for 30 hours',
  evidence: [{ record: 'child', column: 'updated_at', found: expect.any(String) as unknown as string }],
  ends: { left: 'manual' },
});
