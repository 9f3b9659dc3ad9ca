import { randomUUID } from 'node:crypto';
import type { FlowRows } from '../../../shared/demo/flow-rows.ts';
import type { InstallVariant } from '../../../shared/demo/install-schema.ts';
import { flow } from '../../support/flow.ts';
import { type Case, testRule } from '../../support/rule-tester.ts';

const NAMED = randomUUID();

/** The flow names an import that is there and linked to nothing, while the one of the healthy flow stays linked. */
function twoImports(variant: InstallVariant, ofNamed: Record<string, unknown> = {}): FlowRows & { flowId: string } {
  const rows = flow(variant, { child: { data_import_id: NAMED } });
  const named = rows.imports.map((one) => ({ ...one, id: NAMED, master_flow_id: null, ...ofNamed }));
  const records = rows.rawRecords.map((one) => ({
    ...one,
    id: randomUUID(),
    data_import_id: NAMED,
    master_flow_id: null,
  }));
  return { ...rows, imports: [...rows.imports, ...named], rawRecords: [...rows.rawRecords, ...records] };
}

const told = {
  healthy: (variant) => flow(variant),
  message: `the flow names import ${NAMED}, and another one is linked to it`,
  evidence: [{ record: 'import', column: 'master_flow_id', found: null, expected: null }],
} satisfies Partial<Case>;

testRule('import-named-otherwise', 'the linked one is kept', {
  ...told,
  broken: (variant) => twoImports(variant),
  ends: { choose: ({ imports }) => String(imports[0]?.id) },
});

testRule('import-named-otherwise', 'the named one is kept', {
  ...told,
  broken: (variant) => twoImports(variant),
  ends: { choose: () => NAMED },
});

testRule('import-named-otherwise', 'another flow names the linked one: a matter for a person', {
  ...told,
  broken: (variant) => {
    const rows = twoImports(variant);
    const others = [flow(variant, { child: { data_import_id: rows.imports[0]?.id } })];
    return { ...rows, others };
  },
  ends: { left: 'manual' },
});
