import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('raw-records-linked-elsewhere', 'records that another flow claims', {
  broken: (variant) => {
    const other = flow(variant);
    const rows = flow(variant);
    const { master_flow_id } = other.rawRecords[0] ?? {};
    return { ...rows, rawRecords: rows.rawRecords.map((one) => ({ ...one, master_flow_id })), others: [other] };
  },
  healthy: (variant) => flow(variant),
  message: '2 of 2 raw records are linked to another flow',
  evidence: [{ record: 'rawRecords', column: 'master_flow_id', found: 'another flow' }],
  ends: { left: 'manual' },
});

testRule('raw-records-linked-elsewhere', 'records of the import that is linked and not named', {
  broken: (variant) => {
    const other = flow(variant);
    const rows = flow(variant, { child: { data_import_id: null } });
    const { master_flow_id } = other.rawRecords[0] ?? {};
    return { ...rows, rawRecords: rows.rawRecords.map((one) => ({ ...one, master_flow_id })), others: [other] };
  },
  healthy: (variant) => flow(variant),
  message: '2 of 2 raw records are linked to another flow',
  evidence: [{ record: 'rawRecords', column: 'master_flow_id', found: 'another flow' }],
  also: ['import-not-named'],
  ends: { left: 'manual' },
});
