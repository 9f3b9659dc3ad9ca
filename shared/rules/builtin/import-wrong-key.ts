import sql from 'sql-template-tag';
import { giveImport } from '../facts/give-import.ts';
import { isOfTenant } from '../facts/import-candidates.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** The import is linked by the master's other key: code that confuses id and flow_id wrote it, and the API finds nothing. */
export const importWrongKey: Rule = {
  id: 'import-wrong-key',
  title: 'Import linked through the wrong key',
  severity: 'error',
  wayOut: 'fix',
  violated: (f) =>
    sql`${f.master_id} is not null and not ${f.import_linked} and ${f.import_pointed_link} = ${f.link_other_key}`,
  restsOn: {
    child: ['importId', 'masterFlowId'],
    master: ['id', 'flowId'],
    import: ['id', 'masterFlowId', 'client', 'engagement'],
    rawRecords: ['importId', 'masterFlowId'],
  },
  explain: (row, model) => ({
    message: `the import is linked to ${row.import_pointed_link}, the master's other key; it should be ${row.link_key}`,
    evidence: [
      evidence(model, 'import', 'masterFlowId', {
        found: row.import_pointed_link,
        expected: row.link_key,
        why: 'it is the same master by its other key; this install links by the one expected',
      }),
    ],
  }),
  writes: { import: ['masterFlowId'], rawRecords: ['masterFlowId'] },
  fix: (facts, model) => {
    const pointed = facts.imports.find((one) => one.id === facts.row.import_pointed);
    if (!pointed || pointed.rivals > 0 || !isOfTenant(pointed)) {
      return { kind: 'undecided', why: 'the import belongs to another tenant, or another open flow names it too' };
    }
    const because = 'the same master by the key that this install uses';
    return { kind: 'changes', changes: giveImport(pointed, because, facts, model) };
  },
};
