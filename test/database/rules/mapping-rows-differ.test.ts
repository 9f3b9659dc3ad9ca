import { flow } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const row = (target: string, more: object = {}) => ({ source_field: 'hostname', target_field: target, ...more });

const valid: Valid = [
  {
    name: 'a person rejected the row',
    rows: (variant) => flow(variant, { mappingRows: [row('asset_name', { status: 'rejected' })] }),
  },
  {
    name: 'the JSON names the target as a string',
    rows: (variant) => flow(variant, { mappingRows: [{ source_field: 'owner', target_field: 'business_owner' }] }),
  },
  {
    name: 'the JSON names the target by its other key',
    rows: (variant) =>
      flow(variant, {
        mappingRows: [row('hostname')],
        child: { field_mappings: { hostname: { target_field: 'hostname' } } },
      }),
  },
  {
    name: 'the flow keeps no JSON',
    rows: (variant) => flow(variant, { mappingRows: [row('asset_name')], child: { field_mappings: null } }),
  },
  {
    name: 'the JSON is a list',
    rows: (variant) => flow(variant, { mappingRows: [row('asset_name')], child: { field_mappings: ['hostname'] } }),
  },
  {
    name: 'the row is of the import of another flow',
    rows: (variant) => {
      const other = flow(variant);
      return {
        ...flow(variant, { mappingRows: [row('asset_name', { data_import_id: other.importId })] }),
        others: [other],
      };
    },
  },
];

testRule('mapping-rows-differ', 'a row names another target', {
  valid,
  broken: (variant) =>
    flow(variant, { mappingRows: [row('asset_name'), { source_field: 'owner', target_field: 'business_owner' }] }),
  healthy: (variant) => flow(variant, { mappingRows: [row('hostname'), row('asset_name', { status: 'rejected' })] }),
  message: 'the rows of mappings name other targets than the flow for hostname',
  evidence: [{ record: 'mappingRows', table: 'import_field_mappings', column: 'target_field', found: 'hostname' }],
  ends: { left: 'manual' },
});

testRule('mapping-rows-differ', 'rows for fields that the flow does not have', {
  valid,
  broken: (variant) =>
    flow(variant, {
      mappingRows: Array.from({ length: 7 }, (_, index) => ({ source_field: `extra ${index}`, target_field: 'x' })),
    }),
  healthy: (variant) => flow(variant),
  message:
    'the rows of mappings name other targets than the flow for extra 0, extra 1, extra 2, extra 3, extra 4 and 2 more',
  evidence: [{ record: 'mappingRows' }],
  ends: { left: 'manual' },
});

testRule('mapping-rows-differ', 'rows of the import that is linked and not named', {
  valid,
  broken: (variant) => flow(variant, { child: { data_import_id: null }, mappingRows: [row('asset_name')] }),
  healthy: (variant) => flow(variant),
  message: 'the rows of mappings name other targets than the flow for hostname',
  evidence: [{ record: 'mappingRows', found: 'hostname' }],
  also: ['import-not-named'],
  ends: { left: 'manual' },
});
