import type { InstallVariant } from '../../../shared/demo/install-schema.ts';
import { but, flow, WAITING } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

/** A flow that waits for the approval of these mappings, which child and master have alike. */
function waitingWith(variant: InstallVariant, mappings: Record<string, unknown>) {
  return flow(
    variant,
    but(WAITING, {
      child: { field_mappings: mappings },
      master: { flow_persistence_data: { field_mappings: mappings } },
    }),
  );
}

const valid: Valid = [
  {
    name: 'the phase after it is current',
    rows: (variant) => flow(variant, but(WAITING, { child: { current_phase: 'data_cleansing' } })),
  },
  {
    name: 'the current phase is none of the flow',
    rows: (variant) => flow(variant, but(WAITING, { child: { current_phase: 'mapping_of_fields' } })),
  },
  {
    name: 'its mappings were approved',
    rows: (variant) => flow(variant, but(WAITING, { child: { field_mapping_completed: true } })),
  },
  {
    name: 'the phase before it is open',
    rows: (variant) => flow(variant, but(WAITING, { child: { data_import_completed: false } })),
  },
  {
    name: 'the flow failed',
    rows: (variant) => flow(variant, but(WAITING, { child: { status: 'failed' }, master: { flow_status: 'failed' } })),
  },
  { name: 'scores are no mappings', rows: (variant) => waitingWith(variant, { confidence_scores: { owner: 0.5 } }) },
];

testRule('approval-pending', 'told; resuming answers it', {
  valid,
  broken: (variant) => flow(variant, WAITING),
  // Nothing to approve yet: the mappings are still being made.
  healthy: (variant) =>
    flow(
      variant,
      but(WAITING, {
        child: { status: 'processing', field_mappings: null },
        master: { flow_status: 'processing', flow_persistence_data: {} },
      }),
    ),
  message: '2 field mappings wait for approval',
  evidence: [
    { record: 'child', column: 'field_mapping_completed', found: 'false', expected: 'true' },
    {
      column: 'field_mappings',
      found: '1 high, 0 medium, 0 low, 1 without a number',
      // The other one may be low by its row in the table of mappings, which only the mapping quality of a diagnosis reads.
      why: 'no mapping with a number here is below a confidence of 0.5; the others may have one in import_field_mappings',
    },
  ],
  ends: { left: 'resume' },
});

const many = Object.fromEntries(
  Array.from({ length: 30 }, (_, index) => [`field ${index}`, { target: `t${index}`, confidence: index / 30 }]),
);

testRule('approval-pending', 'counted by confidence, the lowest named', {
  valid,
  broken: (variant) =>
    flow(
      variant,
      but(WAITING, {
        child: { field_mappings: many },
        master: { flow_persistence_data: { current_phase: 'field_mapping', field_mappings: many } },
      }),
    ),
  healthy: (variant) => flow(variant),
  message: '30 field mappings wait for approval',
  evidence: [
    { record: 'child' },
    {
      record: 'child',
      column: 'field_mappings',
      found: '6 high, 9 medium, 15 low',
      expected: null,
      why: 'below a confidence of 0.5: field 0, field 1, field 2, field 3, field 4, field 5, field 6, field 7, field 8, field 9 and 5 more',
    },
  ],
  ends: { left: 'resume' },
});

testRule('approval-pending', 'with the numbers kept beside the mappings', {
  valid,
  broken: (variant) => waitingWith(variant, { a: 'x', b: 'y', confidence_scores: { a: 0.3, b: 0.8, c: 'high' } }),
  healthy: (variant) => flow(variant),
  message: '2 field mappings wait for approval',
  evidence: [{}, { found: '1 high, 0 medium, 1 low', why: 'below a confidence of 0.5: a' }],
  ends: { left: 'resume' },
});

testRule('approval-pending', 'where all have a number and none is low, it says so', {
  valid,
  broken: (variant) =>
    waitingWith(variant, { a: { target: 'x', confidence: 0.5 }, b: { target: 'y', confidence: 0.9 } }),
  healthy: (variant) => flow(variant),
  message: '2 field mappings wait for approval',
  evidence: [{}, { found: '1 high, 1 medium, 0 low', why: 'no mapping is below a confidence of 0.5' }],
  ends: { left: 'resume' },
});

testRule('approval-pending', 'one is said to wait, not to wait as many', {
  valid,
  broken: (variant) => waitingWith(variant, { a: { target: 'x', confidence: 0.5 } }),
  healthy: (variant) => flow(variant),
  message: '1 field mapping waits for approval',
  evidence: [{}, { found: '0 high, 1 medium, 0 low', why: 'no mapping is below a confidence of 0.5' }],
  ends: { left: 'resume' },
});
