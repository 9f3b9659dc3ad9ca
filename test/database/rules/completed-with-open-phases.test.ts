import { complete, flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const done = { status: 'completed', completed_at: '2026-01-01T00:00:00Z' };

const valid: Valid = [
  { name: 'cancelled with open phases', rows: (variant) => flow(variant, { child: { ...done, status: 'cancelled' } }) },
  { name: 'failed with open phases', rows: (variant) => flow(variant, { child: { ...done, status: 'failed' } }) },
  {
    name: 'completed after the last phase, in whatever phase it says it is',
    rows: (variant) => flow(variant, { child: { ...complete(6), ...done, current_phase: 'data_import' } }),
  },
];

testRule('completed-with-open-phases', 'completed after two phases', {
  valid,
  broken: (variant) => flow(variant, { child: done, master: { flow_status: 'completed' } }),
  healthy: (variant) => flow(variant, { child: { ...complete(6), ...done }, master: { flow_status: 'completed' } }),
  message: 'the flow is completed but data_cleansing is open',
  evidence: [{ record: 'child', column: 'status', found: 'completed', expected: null }],
  ends: { left: 'manual' },
});
