import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('mappings-missing', 'complete and empty', {
  broken: (variant) => flow(variant, { child: { field_mappings: {} }, master: { flow_persistence_data: {} } }),
  healthy: (variant) => flow(variant),
  message: 'field_mapping is complete but there are no field mappings',
  evidence: [{ record: 'child', column: 'field_mappings', found: '0 mappings' }],
  ends: { left: 'manual' },
});

testRule('mappings-missing', 'complete and never written', {
  broken: (variant) => flow(variant, { child: { field_mappings: null }, master: { flow_persistence_data: {} } }),
  healthy: (variant) => flow(variant),
  message: 'field_mapping is complete but there are no field mappings',
  evidence: [{ record: 'child', column: 'field_mappings', found: null }],
  ends: { left: 'manual' },
});
