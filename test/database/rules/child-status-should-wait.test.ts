import { expect } from 'vitest';
import { but, complete, flow, WAITING } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const processing = but(WAITING, { child: { status: 'processing' } });

const valid: Valid = [
  { name: 'it waits already', rows: (variant) => flow(variant, WAITING) },
  {
    name: 'a person paused it',
    rows: (variant) => flow(variant, but(WAITING, { child: { status: 'paused' }, master: { flow_status: 'paused' } })),
  },
  {
    name: 'it failed',
    rows: (variant) => flow(variant, but(WAITING, { child: { status: 'failed' }, master: { flow_status: 'failed' } })),
  },
  { name: 'it should be completed, not wait', rows: (variant) => flow(variant, { child: complete(6) }) },
  {
    name: 'there is nothing to approve yet',
    rows: (variant) =>
      flow(variant, but(processing, { child: { field_mappings: {} }, master: { flow_persistence_data: {} } })),
  },
];

testRule('child-status-should-wait', 'processing while its mappings wait', {
  valid,
  broken: (variant) => flow(variant, processing),
  healthy: (variant) => flow(variant, WAITING),
  message: 'child status is processing but should be waiting_for_approval',
  evidence: [
    {
      record: 'child',
      table: 'discovery_flows',
      column: 'status',
      found: 'processing',
      expected: 'waiting_for_approval',
    },
  ],
  also: ['approval-pending'],
  ends: 'fix',
});

testRule('child-status-should-wait', 'under the old name of the phase', {
  valid,
  broken: (variant) =>
    flow(variant, but(processing, { child: { current_phase: 'attribute_mapping', status: 'active' } })),
  healthy: (variant) => flow(variant, but(WAITING, { child: { current_phase: 'attribute_mapping' } })),
  message: 'child status is active but should be waiting_for_approval',
  evidence: [{ found: 'active', expected: 'waiting_for_approval' }],
  also: ['approval-pending', 'phase-legacy-name'],
  ends: 'fix',
});

testRule('child-status-should-wait', 'without a current phase: the flags tell where it stands', {
  valid,
  broken: (variant) => flow(variant, but(processing, { child: { current_phase: null } })),
  healthy: (variant) => flow(variant, but(WAITING, { child: { current_phase: null } })),
  message: 'child status is processing but should be waiting_for_approval',
  evidence: [
    {
      found: 'processing',
      expected: 'waiting_for_approval',
      why: expect.stringContaining('field_mapping_completed is false and no phase is stored'),
    },
  ],
  also: ['approval-pending'],
  ends: 'fix',
});

testRule('child-status-should-wait', 'under a phase that is complete: the flag told is that of the phase to approve', {
  valid,
  broken: (variant) => flow(variant, but(processing, { child: { current_phase: 'data_import' } })),
  healthy: (variant) => flow(variant, WAITING),
  message: 'child status is processing but should be waiting_for_approval',
  evidence: [{ why: expect.stringContaining('field_mapping_completed is false and the phase is data_import') }],
  also: ['approval-pending', 'phase-behind-flags'],
  ends: 'fix',
});

// Put right, the flow waits for an approval: both are found and mended at once.
testRule('child-status-should-wait', 'behind its flags, with mappings that wait', {
  valid,
  broken: (variant) =>
    flow(
      variant,
      but(WAITING, {
        child: { status: 'processing', current_phase: 'data_import' },
        master: { flow_status: 'processing' },
      }),
    ),
  healthy: (variant) => flow(variant, WAITING),
  message: 'child status is processing but should be waiting_for_approval',
  evidence: [{ found: 'processing' }],
  also: ['approval-pending', 'phase-behind-flags', 'master-status-out-of-step'],
  ends: 'fix',
});
