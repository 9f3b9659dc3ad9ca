import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { byOtherKey, flow, masterless, withImport } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'by the right key', rows: (variant) => flow(variant) },
  { name: 'by no key', rows: (variant) => flow(variant, { import: { master_flow_id: null } }) },
  {
    name: 'by the key of another flow',
    rows: (variant) => {
      const other = flow(variant);
      return { ...flow(variant, { import: { master_flow_id: other.flowId } }), others: [other] };
    },
  },
  {
    name: 'beside one that is linked by the right key',
    rows: (variant) => {
      const rows = byOtherKey(variant);
      return withImport(rows, { master_flow_id: rows.flowId });
    },
  },
  {
    name: 'without a master no key is wrong',
    rows: (variant) => masterless(variant, { import: { master_flow_id: randomUUID() } }),
  },
];

testRule('import-wrong-key', "the master's id where the flow id belongs", {
  valid,
  broken: byOtherKey,
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/^the import is linked to [0-9a-f-]{36}, the master's other key; it should be/),
  evidence: [{ record: 'import', column: 'master_flow_id' }],
  ends: 'fix',
  on: [{ schema: 'public', linkTarget: 'none', statusCheck: true }],
});

testRule('import-wrong-key', 'with its records: they follow', {
  valid,
  broken: (variant) => {
    const rows = byOtherKey(variant);
    const [first, ...others] = rows.rawRecords;
    return { ...rows, rawRecords: [{ ...first, master_flow_id: rows.master?.id }, ...others.map(unlinked)] };
  },
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/the master's other key/),
  evidence: [{ record: 'import', column: 'master_flow_id' }],
  ends: 'fix',
  on: [{ schema: 'public', linkTarget: 'none', statusCheck: true }],
});

function unlinked(row: Record<string, unknown>): Record<string, unknown> {
  return { ...row, master_flow_id: null };
}
