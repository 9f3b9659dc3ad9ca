import { flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  { name: 'as many as the import says', rows: (variant) => flow(variant) },
  { name: 'nobody counted them', rows: (variant) => flow(variant, { import: { total_records: null } }) },
  {
    name: 'the import is still being read',
    rows: (variant) => flow(variant, { import: { total_records: 5, status: 'processing' } }),
  },
  {
    name: 'the import has not begun',
    rows: (variant) => flow(variant, { import: { total_records: 5, status: 'pending' } }),
  },
];

testRule('record-count-differs', 'the import counted more than there are', {
  valid,
  broken: (variant) => flow(variant, { import: { total_records: 5 } }),
  healthy: (variant) => flow(variant),
  message: 'the import says 5 records, and 2 are there',
  evidence: [{ record: 'import', column: 'total_records', found: '5', expected: null }],
  ends: { choose: () => 'count' },
});

testRule('record-count-differs', 'an import that is still being read has time', {
  valid,
  broken: (variant) => flow(variant, { import: { total_records: 1 } }),
  healthy: (variant) => flow(variant, { import: { total_records: 5, status: 'processing' } }),
  message: 'the import says 1 records, and 2 are there',
  evidence: [{ found: '1' }],
  ends: { choose: () => 'count' },
});

testRule('record-count-differs', 'of the import that is linked and not named', {
  valid,
  broken: (variant) => flow(variant, { child: { data_import_id: null }, import: { total_records: 5 } }),
  healthy: (variant) => flow(variant),
  message: 'the import says 5 records, and 2 are there',
  evidence: [{ record: 'import', column: 'total_records', found: '5' }],
  also: ['import-not-named'],
  ends: { choose: () => 'count' },
});
