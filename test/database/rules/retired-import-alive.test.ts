import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

const retired = { child: { status: 'cancelled' }, master: { flow_status: 'cancelled' } };

testRule('retired-import-alive', 'cancelled, and the import is still being read', {
  broken: (variant) => flow(variant, { ...retired, import: { status: 'processing' } }),
  healthy: (variant) => flow(variant, { ...retired, import: { status: 'completed' } }),
  message: 'the flow is cancelled but its import is processing',
  evidence: [{ record: 'import', table: 'data_imports', column: 'status', found: 'processing', expected: null }],
  ends: { left: 'manual' },
});
