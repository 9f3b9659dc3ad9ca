import sql from 'sql-template-tag';
import { giveImport } from '../facts/give-import.ts';
import { evidenceText, mayBeChosen } from '../facts/import-candidates.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** Several imports carry the flow's link: which one the platform reads is chance. */
export const severalImports: Rule = {
  id: 'several-imports',
  title: 'Several imports linked to one flow',
  severity: 'error',
  wayOut: 'suggestion',
  violated: (f) => sql`${f.imports_linked} > 1`,
  restsOn: {
    child: ['importId', 'masterFlowId', 'client', 'engagement'],
    import: ['id', 'masterFlowId', 'client', 'engagement'],
  },
  explain: (row, model) => ({
    message: `${row.imports_linked} imports are linked to the flow; it should be one`,
    evidence: [
      evidence(model, 'import', 'masterFlowId', {
        found: `${row.imports_linked} rows`,
        expected: null,
        why: `${row.imports_linked} ${model.import.table} rows have ${model.import.columns.masterFlowId} = ${row.link_key}; the child names ${row.import_pointed ?? 'none of them'}`,
      }),
    ],
  }),
  writes: { child: ['importId'], import: ['masterFlowId'] },
  fix: (facts, model) => {
    const linked = facts.imports.filter((one) => one.linked);
    const own = linked.filter(mayBeChosen);
    if (linked.length < (facts.row.imports_linked ?? 0)) {
      return { kind: 'undecided', why: `they are too many to be named in a plan (${facts.row.imports_linked})` };
    }
    if (own.length === 0)
      return { kind: 'undecided', why: 'all of them, or records of them, belong to another tenant' };
    return {
      kind: 'choice',
      why: 'which of them is its data, only a person knows',
      options: own.map((kept) => ({
        value: kept.id,
        about: `keep ${kept.name ?? 'the one without a name'}, ${kept.total_records ?? '?'} records, and take the link off the others: ${evidenceText(kept, facts, model)}`,
        changes: giveImport(kept, `the flow keeps import ${kept.id}, as chosen`, facts, model),
      })),
    };
  },
};
