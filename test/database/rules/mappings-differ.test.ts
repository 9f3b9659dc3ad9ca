import { flow, MAPPINGS } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

const { hostname, ...rest } = MAPPINGS;

testRule('mappings-differ', 'one mapping more in the master', {
  broken: (variant) => flow(variant, { child: { field_mappings: { hostname } } }),
  // The order of keys and the scores are no difference.
  healthy: (variant) =>
    flow(variant, { child: { field_mappings: { ...rest, confidence_scores: { owner: 0.5 }, hostname } } }),
  message: 'child and master hold different field mappings (1 and 2)',
  evidence: [{ record: 'master', column: 'flow_persistence_data.field_mappings', found: '2 mappings' }],
  ends: { choose: () => 'child' },
});

testRule('mappings-differ', 'the mappings of the master are chosen', {
  broken: (variant) => flow(variant, { child: { field_mappings: { hostname } } }),
  healthy: (variant) => flow(variant),
  message: 'child and master hold different field mappings (1 and 2)',
  evidence: [{ record: 'master', expected: null }],
  ends: { choose: () => 'master' },
});
