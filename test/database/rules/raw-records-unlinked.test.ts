import { randomUUID } from 'node:crypto';
import type { InstallVariant } from '../../../shared/demo/install-schema.ts';
import { flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

/** Another flow, and what links to it hold. */
function another(variant: InstallVariant) {
  const rows = flow(variant);
  return { rows, link: { master_flow_id: rows.imports[0]?.master_flow_id } };
}

const valid: Valid = [
  { name: 'linked to the flow', rows: (variant) => flow(variant) },
  {
    name: 'linked to another flow',
    rows: (variant) => {
      const { rows, link } = another(variant);
      return { ...flow(variant, { rawRecords: link }), others: [rows] };
    },
  },
  {
    name: 'so is their import: another rule says that',
    rows: (variant) => flow(variant, { import: { master_flow_id: null }, rawRecords: { master_flow_id: null } }),
  },
  {
    name: 'their import is linked to another flow: another rule says that',
    rows: (variant) => {
      const { rows, link } = another(variant);
      return { ...flow(variant, { import: link, rawRecords: { master_flow_id: null } }), others: [rows] };
    },
  },
];

testRule('raw-records-unlinked', 'the import is linked, its records are not', {
  valid,
  broken: (variant) => flow(variant, { rawRecords: { master_flow_id: null } }),
  healthy: (variant) => flow(variant),
  message: '2 of 2 raw records carry no link to the flow',
  evidence: [{ record: 'rawRecords', table: 'raw_import_records', column: 'master_flow_id', found: null }],
  ends: 'fix',
});

testRule('raw-records-unlinked', 'one of two', {
  valid,
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
  valid,
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
  valid,
  broken: (variant) => flow(variant, { rawRecords: { master_flow_id: null, client_account_id: randomUUID() } }),
  healthy: (variant) => flow(variant),
  message: '2 of 2 raw records carry no link to the flow',
  evidence: [{ found: null }],
  also: ['raw-records-other-tenant'],
  ends: { left: 'manual' },
});

testRule('raw-records-unlinked', 'of the import that is linked and not named', {
  valid,
  broken: (variant) => flow(variant, { child: { data_import_id: null }, rawRecords: { master_flow_id: null } }),
  healthy: (variant) => flow(variant),
  message: '2 of 2 raw records carry no link to the flow',
  evidence: [{ record: 'rawRecords', column: 'master_flow_id', found: null }],
  also: ['import-not-named'],
  ends: 'fix',
});

testRule('raw-records-unlinked', "linked by the master's other key, which is no other flow's", {
  valid,
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
