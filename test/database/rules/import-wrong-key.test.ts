import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { InstallVariant } from '../../../shared/demo/install-schema.ts';
import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

/** Only an install without the foreign key can hold the wrong one of the two keys; the others refuse it. */
function swapped(variant: InstallVariant) {
  const masterId = randomUUID();
  return flow(variant, { master: { id: masterId }, import: { master_flow_id: masterId } });
}

testRule('import-wrong-key', "the master's id where the flow id belongs", {
  broken: swapped,
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/^the import is linked to [0-9a-f-]{36}, the master's other key; it should be/),
  evidence: [{ record: 'import', column: 'master_flow_id' }],
  ends: 'fix',
  on: [{ schema: 'public', linkTarget: 'none', statusCheck: true }],
});

testRule('import-wrong-key', 'with its records: they follow', {
  broken: (variant) => {
    const rows = swapped(variant);
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
