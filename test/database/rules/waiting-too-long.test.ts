import { expect } from 'vitest';
import { but, complete, flow, hoursAgo, STATUSES, WAITING } from '../../support/flow.ts';
import { inEach, testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'for an hour less', rows: (variant) => flow(variant, but(WAITING, { child: { updated_at: hoursAgo(71) } })) },
  {
    name: 'nobody knows for how long',
    rows: (variant) => flow(variant, but(WAITING, { child: { updated_at: '-infinity' } })),
  },
  {
    name: 'all phases are complete',
    rows: (variant) =>
      flow(variant, { child: { ...complete(6), status: 'waiting_for_approval', updated_at: hoursAgo(100) } }),
  },
  {
    name: 'a person paused it, and there is nothing to approve',
    rows: (variant) => flow(variant, { child: { status: 'paused', updated_at: hoursAgo(100) } }),
  },
  ...inEach([...STATUSES.working, ...STATUSES.ended], (status) =>
    but(WAITING, { child: { status, updated_at: hoursAgo(100) } }),
  ),
];

testRule('waiting-too-long', 'for four days', {
  valid,
  broken: (variant) => flow(variant, but(WAITING, { child: { updated_at: hoursAgo(100) } })),
  healthy: (variant) => flow(variant, but(WAITING, { child: { updated_at: hoursAgo(50) } })),
  message: 'the flow has waited for an approval for 4 days',
  evidence: [{ record: 'child', column: 'updated_at' }],
  also: ['approval-pending'],
  ends: { left: 'resume' },
});

testRule('waiting-too-long', 'though there is nothing to approve any more', {
  valid,
  broken: (variant) =>
    flow(variant, {
      child: { status: 'waiting_for_approval', updated_at: hoursAgo(9_000) },
      master: { flow_status: 'waiting_for_approval' },
    }),
  healthy: (variant) =>
    flow(variant, { child: { status: 'paused', updated_at: hoursAgo(9_000) }, master: { flow_status: 'paused' } }),
  message: 'the flow has waited for an approval for 375 days',
  evidence: [
    { column: 'updated_at', why: expect.stringMatching(/^there is nothing to approve: data_cleansing comes/) },
  ],
  ends: { left: 'resume' },
});

testRule('waiting-too-long', 'paused while its mappings wait', {
  valid,
  broken: (variant) =>
    flow(
      variant,
      but(WAITING, { child: { status: 'paused', updated_at: hoursAgo(100) }, master: { flow_status: 'paused' } }),
    ),
  healthy: (variant) => flow(variant, WAITING),
  message: 'the flow has waited for an approval for 4 days',
  evidence: [{ column: 'updated_at', why: expect.stringContaining('has probably not been told') }],
  also: ['approval-pending'],
  ends: { left: 'resume' },
});
