import { expect } from 'vitest';
import { but, complete, flow, hoursAgo, STATUSES, WAITING } from '../../support/flow.ts';
import { inEach, testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'for an hour less', rows: (variant) => flow(variant, { child: { updated_at: hoursAgo(23) } }) },
  { name: 'nobody knows for how long', rows: (variant) => flow(variant, { child: { updated_at: '-infinity' } }) },
  {
    name: 'all phases are complete',
    rows: (variant) => flow(variant, { child: { ...complete(6), updated_at: hoursAgo(30) } }),
  },
  {
    name: 'its mappings wait for an approval',
    rows: (variant) => flow(variant, but(WAITING, { child: { status: 'processing', updated_at: hoursAgo(30) } })),
  },
  ...inEach([...STATUSES.waiting, ...STATUSES.ended], (status) => ({ child: { status, updated_at: hoursAgo(30) } })),
];

testRule('stalled', 'processing, and silent for 30 hours', {
  valid,
  broken: (variant) => flow(variant, { child: { updated_at: hoursAgo(30) } }),
  healthy: (variant) => flow(variant, { child: { updated_at: hoursAgo(20) } }),
  message: 'the flow is processing but was not written for 30 hours',
  evidence: [{ record: 'child', column: 'updated_at', found: expect.any(String) as unknown as string }],
  ends: { left: 'manual' },
});
