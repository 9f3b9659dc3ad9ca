import { but, flow, STATUSES } from '../../support/flow.ts';
import { inEach, testRule, type Valid } from '../../support/rule-tester.ts';

const retired = { child: { status: 'cancelled' }, master: { flow_status: 'cancelled' } };

const valid: Valid = [
  { name: 'the import is complete', rows: (variant) => flow(variant, { ...retired, import: { status: 'completed' } }) },
  { name: 'the import failed', rows: (variant) => flow(variant, { ...retired, import: { status: 'failed' } }) },
  ...inEach([...STATUSES.working, ...STATUSES.waiting, 'completed', ...STATUSES.failed], (status) => ({
    child: { status },
    import: { status: 'processing' },
  })),
];

testRule('retired-import-alive', 'cancelled, and the import is still being read', {
  valid,
  broken: (variant) => flow(variant, { ...retired, import: { status: 'processing' } }),
  healthy: (variant) => flow(variant, { ...retired, import: { status: 'completed' } }),
  message: 'the flow is cancelled but its import is processing',
  evidence: [{ record: 'import', table: 'data_imports', column: 'status', found: 'processing', expected: null }],
  ends: { left: 'manual' },
});

testRule('retired-import-alive', 'the import that is linked and not named', {
  valid,
  broken: (variant) =>
    flow(variant, but(retired, { child: { data_import_id: null }, import: { status: 'processing' } })),
  healthy: (variant) => flow(variant, { ...retired, import: { status: 'completed' } }),
  message: 'the flow is cancelled but its import is processing',
  evidence: [{ record: 'import', table: 'data_imports', column: 'status', found: 'processing', expected: null }],
  also: ['import-not-named'],
  ends: { left: 'manual' },
  // A plain scan counts no links of flows that have ended.
  reach: 'every flow',
});
