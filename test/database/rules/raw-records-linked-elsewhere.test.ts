import { randomUUID } from 'node:crypto';
import type { InstallVariant } from '../../../shared/demo/install-schema.ts';
import { flow, type Overrides } from '../../support/flow.ts';
import { noForeignKey, testRule, type Valid } from '../../support/rule-tester.ts';

/** A flow whose raw records carry the link of another one. */
function claimed(variant: InstallVariant, more: (link: unknown) => Overrides = () => ({})) {
  const other = flow(variant);
  const link = other.rawRecords[0]?.master_flow_id;
  return { ...flow(variant, { ...more(link), rawRecords: { master_flow_id: link } }), others: [other] };
}

const valid: Valid = [
  { name: 'linked to the flow', rows: (variant) => flow(variant) },
  { name: 'linked to none', rows: (variant) => flow(variant, { rawRecords: { master_flow_id: null } }) },
  {
    name: "linked by the master's other key",
    rows: (variant) => {
      const id = randomUUID();
      return flow(variant, { master: { id }, rawRecords: { master_flow_id: id } });
    },
    on: noForeignKey,
  },
  {
    name: 'so is their import: another rule says that',
    rows: (variant) => claimed(variant, (master_flow_id) => ({ import: { master_flow_id } })),
  },
  {
    name: 'their import is linked to none: another rule says that',
    rows: (variant) => claimed(variant, () => ({ import: { master_flow_id: null } })),
  },
];

testRule('raw-records-linked-elsewhere', 'records that another flow claims', {
  valid,
  broken: (variant) => claimed(variant),
  healthy: (variant) => flow(variant),
  message: '2 of 2 raw records are linked to another flow',
  evidence: [{ record: 'rawRecords', column: 'master_flow_id', found: 'another flow' }],
  ends: { left: 'manual' },
});

testRule('raw-records-linked-elsewhere', 'records of the import that is linked and not named', {
  valid,
  broken: (variant) => claimed(variant, () => ({ child: { data_import_id: null } })),
  healthy: (variant) => flow(variant),
  message: '2 of 2 raw records are linked to another flow',
  evidence: [{ record: 'rawRecords', column: 'master_flow_id', found: 'another flow' }],
  also: ['import-not-named'],
  ends: { left: 'manual' },
});
