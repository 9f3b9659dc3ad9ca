import { randomUUID } from 'node:crypto';
import type { InstallVariant } from '../../../shared/demo/install-schema.ts';
import { flow, withImport } from '../../support/flow.ts';
import { noForeignKey, testRule, type Valid } from '../../support/rule-tester.ts';

function withTwo(variant: InstallVariant, child: Record<string, unknown> = {}) {
  return withImport(flow(variant, { child }), { import_name: 'again.csv' });
}

const valid: Valid = [
  {
    name: 'another import of the tenant is linked to none',
    rows: (variant) => withImport(flow(variant), { master_flow_id: null }),
  },
  { name: 'none is linked', rows: (variant) => withImport(flow(variant, { import: { master_flow_id: null } }), {}) },
  {
    name: 'the other one is linked to another flow',
    rows: (variant) => {
      const other = flow(variant);
      return { ...withImport(flow(variant), { master_flow_id: other.imports[0]?.master_flow_id }), others: [other] };
    },
  },
  {
    name: "the other one carries the master's other key",
    rows: (variant) => {
      const rows = flow(variant);
      return withImport(rows, { master_flow_id: rows.master?.id });
    },
    on: noForeignKey,
  },
];

testRule('several-imports', 'the one that the child names is kept', {
  valid,
  broken: (variant) => withTwo(variant),
  healthy: (variant) => flow(variant),
  message: '2 imports are linked to the flow; it should be one',
  // No value of the column is right, so that none may read as one.
  evidence: [{ record: 'import', column: 'master_flow_id', found: '2 rows', expected: null }],
  ends: { choose: ({ imports }) => String(imports[0]?.id) },
});

testRule('several-imports', 'another one is kept', {
  valid,
  broken: (variant) => withTwo(variant, { data_import_id: null }),
  healthy: (variant) => flow(variant),
  message: '2 imports are linked to the flow; it should be one',
  evidence: [{ found: '2 rows' }],
  ends: { choose: ({ imports }) => String(imports[0]?.id) },
});

testRule('several-imports', 'one of another tenant: it is not offered', {
  valid,
  broken: (variant) => {
    const rows = withTwo(variant);
    return {
      ...rows,
      imports: rows.imports.map((one, at) => (at === 1 ? { ...one, engagement_id: randomUUID() } : one)),
    };
  },
  healthy: (variant) => flow(variant),
  message: '2 imports are linked to the flow; it should be one',
  evidence: [{ found: '2 rows' }],
  ends: { choose: ({ imports }) => String(imports[0]?.id) },
  options: 1,
});

testRule('several-imports', 'more than a plan names: told, not done', {
  valid,
  broken: (variant) => {
    const rows = flow(variant);
    const others = Array.from({ length: 24 }, () => ({ ...rows.imports[0], id: randomUUID() }));
    return { ...rows, imports: [...rows.imports, ...others] };
  },
  healthy: (variant) => flow(variant),
  message: '25 imports are linked to the flow; it should be one',
  evidence: [{ found: '25 rows' }],
  ends: { left: 'manual' },
  on: [{ schema: 'migration', linkTarget: 'id', statusCheck: false }],
});
