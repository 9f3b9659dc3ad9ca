import sql from 'sql-template-tag';
import type { Rule } from '../rule.ts';

/** One import is linked to the flow, and the child names none. The platform finds the data by the link, and so do the other rules. */
export const importNotNamed: Rule = {
  id: 'import-not-named',
  title: 'Linked import not named by the child',
  severity: 'warning',
  wayOut: 'fix',
  violated: () => sql`f.import_pointed is null and f.imports_linked = 1`,
  restsOn: {
    child: ['importId', 'masterFlowId', 'client', 'engagement'],
    master: ['id', 'flowId'],
    import: ['id', 'masterFlowId', 'client', 'engagement'],
  },
  explain: (row, model) => ({
    message: 'an import is linked to the flow, and the child does not name it',
    evidence: [
      {
        record: 'child',
        table: model.child.table,
        column: model.child.columns.importId,
        found: null,
        expected: row.import_own,
        why: `import ${row.import_own} carries the flow's link, and no other one does: what goes by the child's own column finds no data`,
      },
    ],
  }),
  writes: { child: ['importId'] },
  fix: ({ row, imports }, model) => {
    const [linked, ...others] = imports.filter((one) => one.linked);
    if (!linked || others.length > 0 || !linked.same_tenant || linked.rivals > 0) {
      return { kind: 'undecided', why: 'the import belongs to another tenant, or another open flow names it too' };
    }
    return {
      kind: 'changes',
      changes: [
        {
          record: 'child',
          id: row.child_id,
          column: model.child.columns.importId,
          to: { kind: 'text', text: linked.id },
          why: 'the one import that carries its link',
        },
      ],
    };
  },
};
