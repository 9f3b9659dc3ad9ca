import { complete, flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'the last phase is open', rows: (variant) => flow(variant, { child: complete(5) }) },
  {
    name: 'its status is no word of the platform',
    rows: (variant) => flow(variant, { child: { ...complete(6), status: 'RUNNING' } }),
  },
  {
    name: 'it failed after the last phase',
    rows: (variant) =>
      flow(variant, { child: { ...complete(6), status: 'failed' }, master: { flow_status: 'failed' } }),
  },
];

testRule('all-phases-complete', 'still processing', {
  valid,
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
  valid,
  broken: (variant) => flow(variant, { child: complete(6) }),
  healthy: (variant) => flow(variant),
  message: 'all phases are complete but the flow is processing',
  evidence: [{ column: 'status', found: 'processing', expected: 'completed' }],
  also: ['master-status-out-of-step'],
  ends: 'fix',
  after: (schema) => `alter table ${schema}.discovery_flows drop column completed_at`,
});
