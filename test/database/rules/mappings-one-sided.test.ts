import { but, flow, MAPPINGS, masterless, WAITING } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'without a master there is no other side', rows: (variant) => masterless(variant) },
  {
    name: 'in both, and not the same',
    rows: (variant) => flow(variant, { child: { field_mappings: { owner: 'team' } } }),
  },
  {
    name: 'in neither',
    rows: (variant) => flow(variant, { child: { field_mappings: {} }, master: { flow_persistence_data: {} } }),
  },
  {
    name: 'what the child has is no object',
    rows: (variant) => flow(variant, { child: { field_mappings: [MAPPINGS] } }),
  },
  {
    name: 'what the master has is no object',
    rows: (variant) => flow(variant, { master: { flow_persistence_data: { field_mappings: 'none' } } }),
  },
];

testRule('mappings-one-sided', 'in the child only', {
  valid,
  broken: (variant) => flow(variant, { master: { flow_persistence_data: { other: [1, 'two'] } } }),
  healthy: (variant) => flow(variant),
  message: '2 field mappings are in the child only',
  evidence: [
    {
      record: 'master',
      column: 'flow_persistence_data.field_mappings',
      found: null,
      expected: '2 mappings',
    },
  ],
  ends: 'fix',
});

testRule('mappings-one-sided', 'in the master only, while they wait for approval', {
  valid,
  broken: (variant) => flow(variant, but(WAITING, { child: { field_mappings: null } })),
  healthy: (variant) => flow(variant, WAITING),
  message: '2 field mappings are in the master only',
  evidence: [{ record: 'child', table: 'discovery_flows', column: 'field_mappings', found: null }],
  also: ['approval-pending'],
  ends: 'fix',
});

testRule('mappings-one-sided', 'a key that is no mapping does not count', {
  valid,
  broken: (variant) => flow(variant, { child: { field_mappings: { confidence_scores: {} } } }),
  healthy: (variant) => flow(variant, { child: { field_mappings: { ...MAPPINGS, confidence_scores: {} } } }),
  message: '2 field mappings are in the master only',
  evidence: [{ record: 'child', column: 'field_mappings', found: '0 mappings' }],
  ends: 'fix',
});
