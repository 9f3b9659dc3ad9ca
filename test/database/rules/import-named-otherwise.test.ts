import { randomUUID } from 'node:crypto';
import type { InstallVariant } from '../../../shared/demo/install-schema.ts';
import { flow, withImport } from '../../support/flow.ts';
import { type Case, noForeignKey, testRule, type Valid } from '../../support/rule-tester.ts';

const NAMED = randomUUID();

/** The flow names an import that is there and linked to nothing, while the one of the healthy flow stays linked. */
function twoImports(variant: InstallVariant, id: string, ofNamed: Record<string, unknown> = {}) {
  const rows = flow(variant, { child: { data_import_id: id } });
  const records = rows.rawRecords.map((one) => ({
    ...one,
    id: randomUUID(),
    data_import_id: id,
    master_flow_id: null,
  }));
  return {
    ...withImport(rows, { id, master_flow_id: null, ...ofNamed }),
    rawRecords: [...rows.rawRecords, ...records],
  };
}

const told = {
  healthy: (variant) => flow(variant),
  message: `the flow names import ${NAMED}, and another one is linked to it`,
  evidence: [{ record: 'import', column: 'master_flow_id', found: null, expected: null }],
} satisfies Partial<Case>;

/** A flow whose master has its flow id for an id. */
function byOneKey(variant: InstallVariant) {
  const id = randomUUID();
  return flow(variant, { flowId: id, master: { id } });
}

const valid: Valid = [
  { name: 'it names none', rows: (variant) => flow(variant, { child: { data_import_id: null } }) },
  { name: 'it names the linked one', rows: (variant) => withImport(flow(variant), { master_flow_id: null }) },
  {
    name: 'it names the linked one, and both keys of its master are the same',
    rows: (variant) => byOneKey(variant),
    on: noForeignKey,
  },
  { name: 'none is linked', rows: (variant) => flow(variant, { import: { master_flow_id: null } }) },
  { name: 'several others are linked', rows: (variant) => withImport(twoImports(variant, randomUUID()), {}) },
  {
    name: 'the named one is linked to another flow',
    rows: (variant) => {
      const other = flow(variant);
      return {
        ...twoImports(variant, randomUUID(), { master_flow_id: other.imports[0]?.master_flow_id }),
        others: [other],
      };
    },
  },
];

testRule('import-named-otherwise', 'the linked one is kept', {
  valid,
  ...told,
  broken: (variant) => twoImports(variant, NAMED),
  ends: { choose: ({ imports }) => String(imports[0]?.id) },
});

testRule('import-named-otherwise', 'the named one is kept', {
  valid,
  ...told,
  broken: (variant) => twoImports(variant, NAMED),
  ends: { choose: () => NAMED },
});

testRule('import-named-otherwise', 'another flow names the linked one: a matter for a person', {
  valid,
  ...told,
  broken: (variant) => {
    const rows = twoImports(variant, NAMED);
    const others = [flow(variant, { child: { data_import_id: rows.imports[0]?.id } })];
    return { ...rows, others };
  },
  ends: { left: 'manual' },
});
