import sql from 'sql-template-tag';
import { literal } from '../../database/identifier.ts';
import { giveImport } from '../give-import.ts';
import { decisiveImport, mayBeChosen, optionText } from '../import-candidates.ts';
import type { Rule } from '../rule.ts';

const LINKED = 'links the import to the flow by the key that this install uses, and names it by key';

/** The flow has imported data, but no import carries its link, so the API finds no raw data. */
export const importUnlinked: Rule = {
  id: 'import-unlinked',
  title: 'Data import not linked to its flow',
  severity: 'error',
  wayOut: 'fix',
  violated: (model) =>
    sql`f.master_id is not null and not f.import_linked and f.import_pointed_link is null
      and (f.import_named is not null or ${literal(model.phases[0]?.name ?? '')} = any(f.phases_complete))`,
  restsOn: {
    child: ['importId', 'name', 'masterFlowId', 'client', 'engagement'],
    master: ['flowId', 'persistence'],
    import: ['id', 'masterFlowId', 'client', 'engagement'],
    rawRecords: ['importId', 'masterFlowId'],
  },
  explain: (row, model) => ({
    message:
      row.import_named === null
        ? 'no data import is linked to the flow, and the flow names none'
        : `no data import is linked to the flow; the flow names import ${row.import_named}`,
    evidence: [
      {
        record: 'import',
        table: model.import.table,
        column: model.import.columns.masterFlowId,
        found: row.import_pointed === null ? null : row.import_pointed_link,
        expected: row.link_key,
        why: `${
          row.phases_complete.includes(model.phases[0]?.name ?? '')
            ? `${model.phases[0]?.flag} is true`
            : 'the flow names its import'
        }, yet no ${model.import.table} row has ${
          model.import.columns.masterFlowId
        } = ${row.link_key}: the API finds no raw data`,
      },
    ],
  }),
  writes: { child: ['importId'], import: ['masterFlowId'], rawRecords: ['masterFlowId'] },
  fix: (facts, model) => {
    const decided = decisiveImport(facts, model);
    if (decided) return { kind: 'changes', changes: giveImport(decided, LINKED, facts, model) };
    const candidates = facts.imports.filter(mayBeChosen);
    if (candidates.length === 0) {
      return { kind: 'undecided', why: 'no import of its tenant was found that is free to be linked' };
    }
    return {
      kind: 'choice',
      why: `the evidence for its ${candidates.length} candidate imports is not decisive; a person has to pick`,
      options: candidates.map((candidate) => ({
        value: candidate.id,
        about: optionText(candidate, facts, model),
        changes: giveImport(candidate, LINKED, facts, model),
      })),
    };
  },
};
