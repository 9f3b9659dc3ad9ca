import { expect } from 'vitest';
import { but, flow, WAITING } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

const processing = but(WAITING, { child: { status: 'processing' } });

testRule('child-status-should-wait', 'processing while its mappings wait', {
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
  broken: (variant) =>
    flow(variant, but(processing, { child: { current_phase: 'attribute_mapping', status: 'active' } })),
  healthy: (variant) => flow(variant, but(WAITING, { child: { current_phase: 'attribute_mapping' } })),
  message: 'child status is active but should be waiting_for_approval',
  evidence: [{ found: 'active', expected: 'waiting_for_approval' }],
  also: ['approval-pending', 'phase-legacy-name'],
  ends: 'fix',
});

testRule('child-status-should-wait', 'without a current phase: the flags tell where it stands', {
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
  broken: (variant) => flow(variant, but(processing, { child: { current_phase: 'data_import' } })),
  healthy: (variant) => flow(variant, WAITING),
  message: 'child status is processing but should be waiting_for_approval',
  evidence: [{ why: expect.stringContaining('field_mapping_completed is false and the phase is data_import') }],
  also: ['approval-pending', 'phase-behind-flags'],
  ends: 'fix',
});
