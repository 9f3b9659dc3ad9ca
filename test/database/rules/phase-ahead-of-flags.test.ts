import { flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'in the phase that is open', rows: (variant) => flow(variant) },
  {
    name: 'in a phase that is complete',
    rows: (variant) => flow(variant, { child: { current_phase: 'field_mapping' } }),
  },
  {
    name: 'the flags are out of order',
    rows: (variant) =>
      flow(variant, { child: { current_phase: 'dependency_analysis', asset_inventory_completed: true } }),
  },
  {
    name: 'its status is no word of the platform',
    rows: (variant) => flow(variant, { child: { current_phase: 'asset_inventory', status: 'RUNNING' } }),
  },
  {
    name: 'it was cancelled',
    rows: (variant) => flow(variant, { child: { current_phase: 'asset_inventory', status: 'cancelled' } }),
  },
];

testRule('phase-ahead-of-flags', 'inventory while cleansing is open', {
  valid,
  broken: (variant) => flow(variant, { child: { current_phase: 'asset_inventory' } }),
  healthy: (variant) => flow(variant),
  message: 'current phase is asset_inventory but data_cleansing before it is not complete',
  evidence: [{ record: 'child', column: 'current_phase', found: 'asset_inventory', expected: null }],
  ends: { left: 'manual' },
});
