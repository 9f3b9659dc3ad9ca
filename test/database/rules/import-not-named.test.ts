import { randomUUID } from 'node:crypto';
import { byOtherKey, complete, flow, hoursAgo, withImport } from '../../support/flow.ts';
import { noForeignKey, testRule, type Valid } from '../../support/rule-tester.ts';

const message = 'an import is linked to the flow, and the child does not name it';

const valid: Valid = [
  { name: 'it is named', rows: (variant) => flow(variant) },
  { name: 'another one is named', rows: (variant) => withImport(flow(variant), { master_flow_id: null }) },
  {
    name: 'none is linked',
    rows: (variant) => flow(variant, { child: { data_import_id: null }, import: { master_flow_id: null } }),
  },
  { name: 'several are linked', rows: (variant) => withImport(flow(variant, { child: { data_import_id: null } }), {}) },
  {
    name: "linked by the master's other key",
    rows: (variant) => byOtherKey(variant, { child: { data_import_id: null } }),
    on: noForeignKey,
  },
];

testRule('import-not-named', 'linked by the platform, and not named', {
  valid,
  broken: (variant) => flow(variant, { child: { data_import_id: null } }),
  healthy: (variant) => flow(variant),
  message,
  evidence: [{ record: 'child', table: 'discovery_flows', column: 'data_import_id', found: null }],
  ends: 'fix',
});

testRule('import-not-named', 'of another tenant: not named for it', {
  valid,
  broken: (variant) => flow(variant, { child: { data_import_id: null }, import: { client_account_id: randomUUID() } }),
  healthy: (variant) => flow(variant),
  message,
  evidence: [{ record: 'child', column: 'data_import_id', found: null }],
  also: ['tenant-differs'],
  ends: { left: 'manual' },
});

testRule('import-not-named', 'another open flow names it: not named for it', {
  valid,
  broken: (variant) => {
    const tenant = randomUUID();
    const rows = flow(variant, { tenant, child: { data_import_id: null } });
    return { ...rows, others: [flow(variant, { tenant, child: { data_import_id: rows.importId } })] };
  },
  healthy: (variant) => flow(variant),
  message,
  evidence: [{ record: 'child', column: 'data_import_id', found: null }],
  ends: { left: 'manual' },
});

testRule('import-not-named', 'a flow that has ended names it: not named for it', {
  valid,
  broken: (variant) => {
    const tenant = randomUUID();
    const rows = flow(variant, { tenant, child: { data_import_id: null } });
    const ended = flow(variant, {
      tenant,
      child: { ...complete(6), status: 'completed', completed_at: hoursAgo(1), data_import_id: rows.importId },
      master: { flow_status: 'completed' },
    });
    return { ...rows, others: [ended] };
  },
  healthy: (variant) => flow(variant),
  message,
  evidence: [{ record: 'child', column: 'data_import_id', found: null }],
  ends: { left: 'manual' },
});

testRule('import-not-named', 'linked by a backfill, while its name says another: not named for it', {
  valid,
  broken: (variant) => {
    const other = flow(variant);
    const rows = flow(variant, { child: { data_import_id: null, flow_name: `Discovery Import ${other.importId}` } });
    return { ...rows, others: [other] };
  },
  healthy: (variant) => flow(variant),
  message,
  evidence: [{ record: 'child', column: 'data_import_id', found: null }],
  ends: { left: 'manual' },
});

testRule('import-not-named', 'linked, and its name says the same', {
  valid,
  broken: (variant) => {
    const id = randomUUID();
    const rows = flow(variant, { child: { data_import_id: null, flow_name: `Discovery Import ${id}` } });
    return {
      ...rows,
      imports: rows.imports.map((one) => ({ ...one, id })),
      rawRecords: rows.rawRecords.map((one) => ({ ...one, data_import_id: id })),
    };
  },
  healthy: (variant) => flow(variant),
  message,
  evidence: [{ record: 'child', column: 'data_import_id', found: null }],
  ends: 'fix',
});

testRule('import-not-named', 'with records of another tenant: not named for it', {
  valid,
  broken: (variant) =>
    flow(variant, { child: { data_import_id: null }, rawRecords: { client_account_id: randomUUID() } }),
  healthy: (variant) => flow(variant),
  message,
  evidence: [{ record: 'child', column: 'data_import_id', found: null }],
  also: ['raw-records-other-tenant'],
  ends: { left: 'manual' },
  on: [{ schema: 'migration', linkTarget: 'flow_id', statusCheck: true }],
});
