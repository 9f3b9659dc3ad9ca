import { randomUUID } from 'node:crypto';
import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('raw-records-unlinked', 'the import is linked, its records are not', {
  broken: (variant) => flow(variant, { rawRecords: { master_flow_id: null } }),
  healthy: (variant) => flow(variant),
  message: '2 of 2 raw records carry no link to the flow',
  evidence: [{ record: 'rawRecords', table: 'raw_import_records', column: 'master_flow_id', found: null }],
  ends: 'fix',
});

testRule('raw-records-unlinked', 'one of two', {
  broken: (variant) => {
    const rows = flow(variant);
    return {
      ...rows,
      rawRecords: rows.rawRecords.map((one, index) => (index === 0 ? { ...one, master_flow_id: null } : one)),
    };
  },
  healthy: (variant) => flow(variant),
  message: '1 of 2 raw records carry no link to the flow',
  evidence: [{ found: null }],
  ends: 'fix',
});

testRule('raw-records-unlinked', 'more than a plan names: told, not done', {
  broken: (variant) => {
    const rows = flow(variant, { rawRecords: { master_flow_id: null }, import: { total_records: 1_001 } });
    const [one] = rows.rawRecords;
    return {
      ...rows,
      rawRecords: Array.from({ length: 1_001 }, (_, row) => ({ ...one, id: crypto.randomUUID(), row_number: row })),
    };
  },
  healthy: (variant) => flow(variant),
  message: '1001 of 1001 raw records carry no link to the flow',
  evidence: [{ found: null }],
  ends: { left: 'manual' },
  on: [{ schema: 'migration', linkTarget: 'id', statusCheck: false }],
});

testRule('raw-records-unlinked', 'records of another tenant among them: not linked, which would show its data', {
  broken: (variant) => flow(variant, { rawRecords: { master_flow_id: null, client_account_id: randomUUID() } }),
  healthy: (variant) => flow(variant),
  message: '2 of 2 raw records carry no link to the flow',
  evidence: [{ found: null }],
  also: ['raw-records-other-tenant'],
  ends: { left: 'manual' },
});

testRule('raw-records-unlinked', 'of the import that is linked and not named', {
  broken: (variant) => flow(variant, { child: { data_import_id: null }, rawRecords: { master_flow_id: null } }),
  healthy: (variant) => flow(variant),
  message: '2 of 2 raw records carry no link to the flow',
  evidence: [{ record: 'rawRecords', column: 'master_flow_id', found: null }],
  also: ['import-not-named'],
  ends: 'fix',
});

testRule('raw-records-unlinked', "linked by the master's other key, which is no other flow's", {
  broken: (variant) => {
    const rows = flow(variant);
    return { ...rows, rawRecords: rows.rawRecords.map((one) => ({ ...one, master_flow_id: rows.master?.id })) };
  },
  healthy: (variant) => flow(variant),
  message: '2 of 2 raw records carry no link to the flow',
  evidence: [{ record: 'rawRecords', why: "2 carry the master's other key, which is no link" }],
  ends: 'fix',
  on: [{ schema: 'migration', linkTarget: 'none', statusCheck: false }],
});
