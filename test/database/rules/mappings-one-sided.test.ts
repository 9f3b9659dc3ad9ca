import { but, flow, MAPPINGS, WAITING } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('mappings-one-sided', 'in the child only', {
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
  broken: (variant) => flow(variant, but(WAITING, { child: { field_mappings: null } })),
  healthy: (variant) => flow(variant, WAITING),
  message: '2 field mappings are in the master only',
  evidence: [{ record: 'child', table: 'discovery_flows', column: 'field_mappings', found: null }],
  also: ['approval-pending'],
  ends: 'fix',
});

testRule('mappings-one-sided', 'a key that is no mapping does not count', {
  broken: (variant) => flow(variant, { child: { field_mappings: { confidence_scores: {} } } }),
  healthy: (variant) => flow(variant, { child: { field_mappings: { ...MAPPINGS, confidence_scores: {} } } }),
  message: '2 field mappings are in the master only',
  evidence: [{ record: 'child', column: 'field_mappings', found: '0 mappings' }],
  ends: 'fix',
});
