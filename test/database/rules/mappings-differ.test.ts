import { flow, MAPPINGS } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const { hostname, ...rest } = MAPPINGS;

const valid: Valid = [
  {
    name: 'in another order, and with scores',
    rows: (variant) =>
      flow(variant, { child: { field_mappings: { ...rest, confidence_scores: { owner: 0.5 }, hostname } } }),
  },
  { name: 'the child has none', rows: (variant) => flow(variant, { child: { field_mappings: {} } }) },
  {
    name: 'the master has none',
    rows: (variant) => flow(variant, { master: { flow_persistence_data: { field_mappings: {} } } }),
  },
];

testRule('mappings-differ', 'one mapping more in the master', {
  valid,
  broken: (variant) => flow(variant, { child: { field_mappings: { hostname } } }),
  // The order of keys and the scores are no difference.
  healthy: (variant) =>
    flow(variant, { child: { field_mappings: { ...rest, confidence_scores: { owner: 0.5 }, hostname } } }),
  message: 'child and master hold different field mappings (1 and 2)',
  evidence: [{ record: 'master', column: 'flow_persistence_data.field_mappings', found: '2 mappings' }],
  ends: { choose: () => 'child' },
});

testRule('mappings-differ', 'the mappings of the master are chosen', {
  valid,
  broken: (variant) => flow(variant, { child: { field_mappings: { hostname } } }),
  healthy: (variant) => flow(variant),
  message: 'child and master hold different field mappings (1 and 2)',
  evidence: [{ record: 'master', expected: null }],
  ends: { choose: () => 'master' },
});
