import { flow, hoursAgo } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('master-without-child', 'no child names it', {
  broken: (variant) => ({
    ...flow(variant, { master: { updated_at: hoursAgo(5) } }),
    child: undefined,
    imports: [],
    rawRecords: [],
  }),
  healthy: (variant) => flow(variant),
  message: 'the master record (processing) has no child record',
  evidence: [{ record: 'master', table: 'crewai_flow_state_extensions', column: 'flow_id', expected: null }],
  ends: { left: 'manual' },
});

testRule('master-without-child', 'one that was just made is waited for', {
  broken: (variant) => ({
    ...flow(variant, { master: { updated_at: hoursAgo(2) } }),
    child: undefined,
    imports: [],
    rawRecords: [],
  }),
  healthy: (variant) => ({
    ...flow(variant, { master: { updated_at: hoursAgo(0.5) } }),
    child: undefined,
    imports: [],
    rawRecords: [],
  }),
  message: 'the master record (processing) has no child record',
  evidence: [{ record: 'master' }],
  ends: { left: 'manual' },
});
