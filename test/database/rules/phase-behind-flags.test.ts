import { complete, flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'in the phase that is open', rows: (variant) => flow(variant) },
  { name: 'in no phase', rows: (variant) => flow(variant, { child: { current_phase: null } }) },
  { name: 'in the last phase, and all are complete', rows: (variant) => flow(variant, { child: complete(6) }) },
  {
    name: 'the flags are out of order',
    rows: (variant) => flow(variant, { child: { current_phase: 'data_import', asset_inventory_completed: true } }),
  },
  {
    name: 'its status is no word of the platform',
    rows: (variant) => flow(variant, { child: { current_phase: 'data_import', status: 'RUNNING' } }),
  },
  {
    name: 'it was cancelled',
    rows: (variant) => flow(variant, { child: { current_phase: 'data_import', status: 'cancelled' } }),
  },
];

testRule('phase-behind-flags', 'still in the mapping that is complete', {
  valid,
  broken: (variant) => flow(variant, { child: { current_phase: 'attribute_mapping' } }),
  healthy: (variant) => flow(variant),
  message: 'current phase is attribute_mapping, which is complete; it should be data_cleansing',
  evidence: [{ record: 'child', column: 'current_phase', found: 'attribute_mapping', expected: 'data_cleansing' }],
  ends: 'fix',
});
