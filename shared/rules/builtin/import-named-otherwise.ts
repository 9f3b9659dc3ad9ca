import sql from 'sql-template-tag';
import { giveImport } from '../facts/give-import.ts';
import { mayBeChosen, optionText } from '../facts/import-candidates.ts';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/**
 * The child names an import that is linked to nothing, and another one is linked: the API reads that, what goes by the name
 * the other.
 */
export const importNamedOtherwise: Rule = {
  id: 'import-named-otherwise',
  title: 'Child names another import than the linked one',
  severity: 'error',
  wayOut: 'suggestion',
  violated: (f) =>
    sql`${f.import_pointed} is not null and ${f.imports_linked} = 1
      and (${f.import_pointed_link} is null or ${f.import_pointed_link} = ${f.link_other_key})
      and ${f.import_pointed_link} is distinct from ${f.link_key}`,
  restsOn: {
    child: ['importId', 'masterFlowId', 'client', 'engagement'],
    master: ['id', 'flowId'],
    import: ['id', 'masterFlowId', 'client', 'engagement'],
    rawRecords: ['importId', 'masterFlowId'],
  },
  explain: (row, model) => ({
    message: `the flow names import ${row.import_pointed}, and another one is linked to it`,
    evidence: [
      evidence(model, 'import', 'masterFlowId', {
        found: row.import_pointed_link,
        expected: null,
        why: `${model.child.table}.${model.child.columns.importId} is ${row.import_pointed}, and the one import that carries ${row.link_key} is another: the API reads that one`,
      }),
    ],
  }),
  writes: { child: ['importId'], import: ['masterFlowId'], rawRecords: ['masterFlowId'] },
  fix: (facts, model) => {
    if (facts.imports.some(({ linked, rivals, ended_owner }) => linked && (rivals > 0 || ended_owner !== null))) {
      return { kind: 'undecided', why: 'another flow names the linked one' };
    }
    const disputed = facts.imports.filter(({ linked, named_by_key }) => linked || named_by_key).filter(mayBeChosen);
    if (disputed.length === 0) {
      return { kind: 'undecided', why: 'neither of the two is of its tenant and free to be linked' };
    }
    return {
      kind: 'choice',
      why: 'which of the two is its data, only a person knows',
      options: disputed.map((kept) => ({
        value: kept.id,
        about: `${kept.linked ? 'the linked one' : 'the one that the child names'}, ${optionText(kept, facts, model)}`,
        changes: giveImport(kept, `the flow keeps import ${kept.id}, as chosen`, facts, model),
      })),
    };
  },
};
