import { complete, flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('all-phases-complete', 'still processing', {
  broken: (variant) => flow(variant, { child: complete(6), master: { flow_status: 'completed' } }),
  healthy: (variant) =>
    flow(variant, {
      child: { ...complete(6), status: 'completed', completed_at: '2026-01-01T00:00:00Z' },
      master: { flow_status: 'completed' },
    }),
  message: 'all phases are complete but the flow is processing',
  evidence: [{ record: 'child', column: 'status', found: 'processing', expected: 'completed' }],
  ends: 'fix',
});

testRule('all-phases-complete', 'where no time of completion is stored', {
  broken: (variant) => flow(variant, { child: complete(6) }),
  healthy: (variant) => flow(variant),
  message: 'all phases are complete but the flow is processing',
  evidence: [{ column: 'status', found: 'processing', expected: 'completed' }],
  also: ['master-status-out-of-step'],
  ends: 'fix',
  after: (schema) => `alter table ${schema}.discovery_flows drop column completed_at`,
});
