import { complete, flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'no phase is complete', rows: (variant) => flow(variant, { child: complete(0) }) },
  { name: 'only the last phase is open', rows: (variant) => flow(variant, { child: complete(5) }) },
  {
    name: 'it was cancelled: no phase follows',
    rows: (variant) => flow(variant, { child: { status: 'cancelled', asset_inventory_completed: true } }),
  },
];

testRule('flags-out-of-order', 'inventory before cleansing', {
  valid,
  broken: (variant) => flow(variant, { child: { asset_inventory_completed: true, progress_percentage: 50 } }),
  healthy: (variant) => flow(variant),
  message: 'asset_inventory is complete but data_cleansing before it is not',
  evidence: [{ record: 'child', column: 'data_cleansing_completed', found: 'false' }],
  ends: { left: 'manual' },
});
