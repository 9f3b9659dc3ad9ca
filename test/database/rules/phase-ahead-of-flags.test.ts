import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('phase-ahead-of-flags', 'inventory while cleansing is open', {
  broken: (variant) => flow(variant, { child: { current_phase: 'asset_inventory' } }),
  healthy: (variant) => flow(variant),
  message: 'current phase is asset_inventory but data_cleansing before it is not complete',
  evidence: [{ record: 'child', column: 'current_phase', found: 'asset_inventory', expected: null }],
  ends: { left: 'manual' },
});
