import { flow, MAPPINGS } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('mappings-not-an-object', 'an array in the child', {
  broken: (variant) => flow(variant, { child: { field_mappings: [MAPPINGS] } }),
  healthy: (variant) => flow(variant),
  message: 'field mappings are not an object (child: array)',
  evidence: [{ record: 'child', column: 'field_mappings', found: 'array', expected: 'object' }],
  ends: { left: 'manual' },
});

testRule('mappings-not-an-object', 'a number in the child, a string in the master', {
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
