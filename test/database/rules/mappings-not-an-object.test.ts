import { flow, MAPPINGS } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'none in the child', rows: (variant) => flow(variant, { child: { field_mappings: null } }) },
  {
    name: 'null in the JSON of the master',
    rows: (variant) => flow(variant, { master: { flow_persistence_data: { field_mappings: null } } }),
  },
  {
    name: 'empty objects',
    rows: (variant) =>
      flow(variant, { child: { field_mappings: {} }, master: { flow_persistence_data: { field_mappings: {} } } }),
  },
];

testRule('mappings-not-an-object', 'an array in the child', {
  valid,
  broken: (variant) => flow(variant, { child: { field_mappings: [MAPPINGS] } }),
  healthy: (variant) => flow(variant),
  message: 'field mappings are not an object (child: array)',
  evidence: [{ record: 'child', column: 'field_mappings', found: 'array', expected: 'object' }],
  ends: { left: 'manual' },
});

testRule('mappings-not-an-object', 'a number in the child, a string in the master', {
  valid,
  broken: (variant) =>
    flow(variant, { child: { field_mappings: 7 }, master: { flow_persistence_data: { field_mappings: 'none' } } }),
  healthy: (variant) => flow(variant),
  message: 'field mappings are not an object (child: number, master: string)',
  evidence: [
    { record: 'child', found: 'number' },
    { record: 'master', found: 'string' },
  ],
  ends: { left: 'manual' },
});
