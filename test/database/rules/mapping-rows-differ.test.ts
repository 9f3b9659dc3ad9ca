import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

const row = (target: string, more: object = {}) => ({ source_field: 'hostname', target_field: target, ...more });

testRule('mapping-rows-differ', 'a row names another target', {
  broken: (variant) =>
    flow(variant, { mappingRows: [row('asset_name'), { source_field: 'owner', target_field: 'business_owner' }] }),
  healthy: (variant) => flow(variant, { mappingRows: [row('hostname'), row('asset_name', { status: 'rejected' })] }),
  message: 'the rows of mappings name other targets than the flow for hostname',
  evidence: [{ record: 'mappingRows', table: 'import_field_mappings', column: 'target_field', found: 'hostname' }],
  ends: { left: 'manual' },
});

testRule('mapping-rows-differ', 'rows for fields that the flow does not have', {
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
  broken: (variant) => flow(variant, { child: { data_import_id: null }, mappingRows: [row('asset_name')] }),
  healthy: (variant) => flow(variant),
  message: 'the rows of mappings name other targets than the flow for hostname',
  evidence: [{ record: 'mappingRows', found: 'hostname' }],
  also: ['import-not-named'],
  ends: { left: 'manual' },
});
