import { randomUUID } from 'node:crypto';
import type { InstallVariant } from '../../../shared/demo/install-schema.ts';
import { flow, hoursAgo } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const old = { updated_at: hoursAgo(5) };

function childless(variant: InstallVariant, master: Record<string, unknown>) {
  return { ...flow(variant, { master }), child: undefined, imports: [], rawRecords: [] };
}

const valid: Valid = [
  { name: 'it was just made', rows: (variant) => childless(variant, { updated_at: hoursAgo(0.5) }) },
  { name: 'nobody knows when it was written', rows: (variant) => childless(variant, { updated_at: '-infinity' }) },
  {
    name: 'a child with another flow id names it',
    rows: (variant) => flow(variant, { master: old, child: { flow_id: randomUUID() } }),
  },
  {
    name: 'a child has its flow id and names another',
    rows: (variant) => {
      const other = flow(variant);
      return { ...flow(variant, { master: old, child: { master_flow_id: other.flowId } }), others: [other] };
    },
  },
  {
    name: 'it is the master of another kind of flow',
    rows: (variant) => childless(variant, { ...old, flow_type: 'assessment' }),
  },
];

testRule('master-without-child', 'no child names it', {
  valid,
  broken: (variant) => childless(variant, old),
  healthy: (variant) => flow(variant),
  message: 'the master record (processing) has no child record',
  evidence: [{ record: 'master', table: 'crewai_flow_state_extensions', column: 'flow_id', expected: null }],
  ends: { left: 'manual' },
});

testRule('master-without-child', 'one that was just made is waited for', {
  valid,
  broken: (variant) => childless(variant, { updated_at: hoursAgo(2) }),
  healthy: (variant) => childless(variant, { updated_at: hoursAgo(0.5) }),
  message: 'the master record (processing) has no child record',
  evidence: [{ record: 'master' }],
  ends: { left: 'manual' },
});
