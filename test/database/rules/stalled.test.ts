import { expect } from 'vitest';
import { but, complete, flow, hoursAgo, WAITING } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'for an hour less', rows: (variant) => flow(variant, { child: { updated_at: hoursAgo(23) } }) },
  { name: 'nobody knows for how long', rows: (variant) => flow(variant, { child: { updated_at: '-infinity' } }) },
  {
    name: 'a person paused it',
    rows: (variant) => flow(variant, { child: { status: 'paused', updated_at: hoursAgo(30) } }),
  },
  { name: 'it failed', rows: (variant) => flow(variant, { child: { status: 'failed', updated_at: hoursAgo(30) } }) },
  {
    name: 'all phases are complete',
    rows: (variant) => flow(variant, { child: { ...complete(6), updated_at: hoursAgo(30) } }),
  },
  {
    name: 'its mappings wait for an approval',
    rows: (variant) => flow(variant, but(WAITING, { child: { status: 'processing', updated_at: hoursAgo(30) } })),
  },
];

testRule('stalled', 'processing, and silent for 30 hours', {
  valid,
  broken: (variant) => flow(variant, { child: { updated_at: hoursAgo(30) } }),
  healthy: (variant) => flow(variant, { child: { updated_at: hoursAgo(20) } }),
  message: 'the flow is processing but was not written for 30 hours',
  evidence: [{ record: 'child', column: 'updated_at', found: expect.any(String) as unknown as string }],
  ends: { left: 'manual' },
});
