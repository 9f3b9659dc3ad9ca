import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('flags-out-of-order', 'inventory before cleansing', {
  broken: (variant) => flow(variant, { child: { asset_inventory_completed: true, progress_percentage: 50 } }),
  healthy: (variant) => flow(variant),
  message: 'asset_inventory is complete but data_cleansing before it is not',
  evidence: [{ record: 'child', column: 'data_cleansing_completed', found: 'false' }],
  ends: { left: 'manual' },
});
