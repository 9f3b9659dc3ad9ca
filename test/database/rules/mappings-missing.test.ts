import { but, flow, MAPPINGS, WAITING } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  {
    name: 'the phase is open',
    rows: (variant) =>
      flow(variant, but(WAITING, { child: { field_mappings: {} }, master: { flow_persistence_data: {} } })),
  },
  { name: 'the child has them', rows: (variant) => flow(variant, { master: { flow_persistence_data: {} } }) },
  { name: 'the master has them', rows: (variant) => flow(variant, { child: { field_mappings: {} } }) },
  {
    name: 'what the child has is no object',
    rows: (variant) => flow(variant, { child: { field_mappings: [MAPPINGS] }, master: { flow_persistence_data: {} } }),
  },
  {
    name: 'what the master has is no object',
    rows: (variant) =>
      flow(variant, { child: { field_mappings: {} }, master: { flow_persistence_data: { field_mappings: 'none' } } }),
  },
];

testRule('mappings-missing', 'complete and empty', {
  valid,
  broken: (variant) => flow(variant, { child: { field_mappings: {} }, master: { flow_persistence_data: {} } }),
  healthy: (variant) => flow(variant),
  message: 'field_mapping is complete but there are no field mappings',
  evidence: [{ record: 'child', column: 'field_mappings', found: '0 mappings' }],
  ends: { left: 'manual' },
});

testRule('mappings-missing', 'complete and never written', {
  valid,
  broken: (variant) => flow(variant, { child: { field_mappings: null }, master: { flow_persistence_data: {} } }),
  healthy: (variant) => flow(variant),
  message: 'field_mapping is complete but there are no field mappings',
  evidence: [{ record: 'child', column: 'field_mappings', found: null }],
  ends: { left: 'manual' },
});
