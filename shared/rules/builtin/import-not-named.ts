import sql from 'sql-template-tag';
import { isOfTenant } from '../facts/import-candidates.ts';
import { evidence } from '../finding/evidence.ts';
import { setColumn } from '../finding/set-column.ts';
import type { Rule } from '../rule/rule.ts';

/** One import is linked to the flow, and the child names none. The platform finds the data by the link, and so do the other rules. */
export const importNotNamed: Rule = {
  id: 'import-not-named',
  title: 'Linked import not named by the child',
  severity: 'warning',
  wayOut: 'fix',
  violated: (f) => sql`${f.import_pointed} is null and ${f.imports_linked} = 1`,
  restsOn: {
    child: ['importId', 'name', 'masterFlowId', 'client', 'engagement'],
    master: ['id', 'flowId', 'persistence'],
    import: ['id', 'masterFlowId', 'client', 'engagement'],
  },
  explain: (row, model) => ({
    message: 'an import is linked to the flow, and the child does not name it',
    evidence: [
      evidence(model, 'child', 'importId', {
        found: null,
        expected: row.import_own,
        why: `import ${row.import_own} carries the flow's link, and no other one does: what goes by the child's own column finds no data`,
      }),
    ],
  }),
  writes: { child: ['importId'] },
  fix: ({ row, imports }, model) => {
    const [linked, ...others] = imports.filter((one) => one.linked);
    if (!linked || others.length > 0 || linked.rivals > 0 || linked.ended_owner !== null) {
      return { kind: 'undecided', why: 'another flow names the import too' };
    }
    if (!isOfTenant(linked)) {
      return {
        kind: 'undecided',
        why: 'the import or raw records of it belong to another tenant, or whose they are may not be read',
      };
    }
    if (imports.some((one) => one !== linked && (one.named_in_name || one.named_in_persistence))) {
      return { kind: 'undecided', why: 'its name or the data of its master names another import than the linked one' };
    }
    return {
      kind: 'changes',
      changes: [setColumn(model, 'child', row.child_id, 'importId', linked.id, 'the one import that carries its link')],
    };
  },
};
