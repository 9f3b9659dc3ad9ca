import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { InstallVariant } from '../../../shared/demo/install-schema.ts';
import { byOtherKey, complete, flow, hoursAgo, masterless, type Overrides } from '../../support/flow.ts';
import { noForeignKey, testRule, type Valid } from '../../support/rule-tester.ts';

const unlinked = { master_flow_id: null };

const valid: Valid = [
  { name: 'without a master there is no flow to link it to', rows: (variant) => masterless(variant) },
  {
    name: 'one is linked that the flow does not name',
    rows: (variant) => flow(variant, { child: { data_import_id: null } }),
  },
  {
    name: 'the named one is linked to another flow',
    rows: (variant) => {
      const other = flow(variant);
      return { ...flow(variant, { import: { master_flow_id: other.imports[0]?.master_flow_id } }), others: [other] };
    },
  },
  { name: "the named one is linked by the master's other key", rows: byOtherKey, on: noForeignKey },
  {
    name: 'nothing was imported yet, and none is named',
    rows: (variant) => flow(variant, { import: unlinked, child: { ...complete(0), data_import_id: null } }),
  },
  {
    name: 'nothing was imported yet, and its name holds its own id',
    rows: (variant) => {
      const id = randomUUID();
      return flow(variant, {
        flowId: id,
        import: unlinked,
        child: { ...complete(0), data_import_id: null, flow_name: `Flow ${id}` },
      });
    },
  },
];

testRule('import-unlinked', 'named by the child', {
  valid,
  broken: (variant) => flow(variant, { import: unlinked }),
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/^no data import is linked to the flow; the flow names import /),
  evidence: [
    {
      record: 'import',
      table: 'data_imports',
      column: 'master_flow_id',
      found: null,
      why: expect.stringMatching(/^data_import_completed is true, yet no data_imports row has /),
    },
  ],
  ends: 'fix',
});

testRule('import-unlinked', 'named before its phase is complete', {
  valid,
  broken: (variant) =>
    flow(variant, {
      import: unlinked,
      child: { ...complete(0), status: 'initialized', field_mappings: null },
      master: { flow_status: 'initialized', flow_persistence_data: {} },
    }),
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/^no data import is linked to the flow; the flow names import /),
  evidence: [{ found: null, why: expect.stringMatching(/^the flow names its import, yet no data_imports row has /) }],
  ends: 'fix',
});

testRule('import-unlinked', 'named in the name of the flow', {
  valid,
  broken: (variant) => {
    const id = randomUUID();
    const rows = flow(variant, {
      import: unlinked,
      child: { data_import_id: null, flow_name: `Discovery Import ${id}` },
    });
    return {
      ...rows,
      imports: rows.imports.map((one) => ({ ...one, id })),
      rawRecords: rows.rawRecords.map((one) => ({ ...one, data_import_id: id })),
    };
  },
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/^no data import is linked to the flow; the flow names import /),
  evidence: [{ found: null }],
  ends: 'fix',
});

testRule('import-unlinked', 'two imports near in time and none named: a person picks', {
  valid,
  broken: (variant) => {
    const rows = flow(variant, { import: unlinked, child: { data_import_id: null } });
    return { ...rows, imports: [...rows.imports, { ...rows.imports[0], id: randomUUID() }] };
  },
  healthy: (variant) => flow(variant),
  message: 'no data import is linked to the flow, and the flow names none',
  evidence: [{ found: null }],
  ends: { choose: ({ imports }) => String(imports[0]?.id) },
});

testRule('import-unlinked', 'named, but of another tenant: nothing to pick from', {
  valid,
  broken: (variant) => flow(variant, { import: { ...unlinked, client_account_id: randomUUID() } }),
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/the flow names import/),
  evidence: [{ found: null }],
  also: ['tenant-differs'],
  ends: { left: 'manual' },
});

testRule('import-unlinked', 'the flow names one import by key and another in its name: a person picks', {
  valid,
  broken: (variant) => {
    const other = randomUUID();
    const rows = flow(variant, { import: unlinked, child: { flow_name: `Discovery Import ${other}` } });
    return { ...rows, imports: [...rows.imports, { ...rows.imports[0], id: other }] };
  },
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/the flow names import/),
  evidence: [{ found: null }],
  ends: { choose: ({ imports }) => String(imports[0]?.id) },
});

testRule('import-unlinked', 'another open flow names the same import: a person picks', {
  valid,
  broken: (variant) => {
    const rows = flow(variant, { import: unlinked });
    const rival = flow(variant, { child: { data_import_id: rows.importId } });
    return { ...rows, others: [rival] };
  },
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/the flow names import/),
  evidence: [{ found: null }],
  ends: { choose: ({ imports }) => String(imports[0]?.id) },
});

testRule('import-unlinked', 'the import of a flow that has ended: a person picks', {
  valid,
  broken: (variant) => {
    const rows = flow(variant, { import: unlinked });
    const ended = flow(variant, {
      child: { ...complete(6), status: 'completed', completed_at: hoursAgo(1), data_import_id: rows.importId },
      master: { flow_status: 'completed' },
    });
    return { ...rows, others: [ended] };
  },
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/the flow names import/),
  evidence: [{ found: null }],
  ends: { choose: ({ imports }) => String(imports[0]?.id) },
});

testRule('import-unlinked', 'named, but its data has none of the mapped fields: a person picks', {
  valid,
  broken: (variant) => flow(variant, { import: unlinked, rawRecords: { raw_data: { other: 'file' } } }),
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/the flow names import/),
  evidence: [{ found: null }],
  ends: { choose: ({ imports }) => String(imports[0]?.id) },
  on: [{ schema: 'migration', linkTarget: 'id', statusCheck: false }],
});

testRule('import-unlinked', 'named, and its data has half of the mapped fields', {
  valid,
  broken: (variant) =>
    flow(variant, { import: unlinked, rawRecords: { raw_data: { hostname: 'host', other: 'file' } } }),
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/the flow names import/),
  evidence: [{ found: null }],
  ends: 'fix',
  on: [{ schema: 'migration', linkTarget: 'id', statusCheck: false }],
});

testRule('import-unlinked', 'named, but with records of another tenant: nothing to pick from', {
  valid,
  broken: (variant) => flow(variant, { import: unlinked, rawRecords: { engagement_id: randomUUID() } }),
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/the flow names import/),
  evidence: [{ found: null }],
  also: ['raw-records-other-tenant'],
  ends: { left: 'manual' },
  on: [{ schema: 'migration', linkTarget: 'flow_id', statusCheck: true }],
});

/** Only an install without the foreign key can hold the wrong one of the two keys; the others refuse it. */
const WITHOUT_FOREIGN_KEY: readonly InstallVariant[] = [{ schema: 'public', linkTarget: 'none', statusCheck: true }];

/** By the master's id where the flow id belongs, and not by name. */
function onlyByOtherKey(variant: InstallVariant, more: Overrides = {}) {
  return byOtherKey(variant, { ...more, child: { data_import_id: null, ...more.child } });
}

testRule('import-unlinked', "linked by the master's other key before its phase is complete, and not named", {
  valid,
  broken: (variant) =>
    onlyByOtherKey(variant, {
      child: { ...complete(0), status: 'initialized', field_mappings: null },
      master: { flow_status: 'initialized', flow_persistence_data: {} },
    }),
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(
    /^no data import is linked to the flow; 1 import linked to .*, the master's other key$/,
  ),
  evidence: [{ record: 'import', why: expect.stringMatching(/^an import carries the master's other key, yet no/) }],
  ends: 'fix',
  on: WITHOUT_FOREIGN_KEY,
});

testRule('import-unlinked', "linked by the master's other key, and not named: that is meant", {
  valid,
  broken: (variant) => onlyByOtherKey(variant),
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/; 1 import linked to .*, the master's other key$/),
  evidence: [{ record: 'import', column: 'master_flow_id', found: expect.any(String) }],
  ends: 'fix',
  on: WITHOUT_FOREIGN_KEY,
});

testRule('import-unlinked', "two linked by the master's other key: a person picks", {
  valid,
  broken: (variant) => {
    const rows = onlyByOtherKey(variant);
    return {
      ...rows,
      imports: [...rows.imports, ...rows.imports.map((one) => ({ ...one, id: randomUUID(), total_records: 0 }))],
    };
  },
  healthy: (variant) => flow(variant),
  message: expect.stringMatching(/; 2 imports linked to .*, the master's other key$/),
  evidence: [{ record: 'import', column: 'master_flow_id', found: expect.any(String) }],
  ends: { choose: ({ imports }) => String(imports[1]?.id) },
  on: WITHOUT_FOREIGN_KEY,
});
