import sql from 'sql-template-tag';
import { literal } from '../../database/sql/identifier.ts';
import type { FlowModel } from '../../flow/model.ts';
import { counted } from '../../words/counted.ts';
import { giveImport } from '../facts/give-import.ts';
import { decisiveImport, mayBeChosen, optionText } from '../facts/import-candidates.ts';
import { evidence } from '../finding/evidence.ts';
import type { FlowRow } from '../relation/flow-row.ts';
import type { Rule } from '../rule/rule.ts';

const LINKED = 'links the import to the flow by the key that this install uses, and names it by key';

/** The flow has imported data, but no import carries its link, so the API finds no raw data. */
export const importUnlinked: Rule = {
  id: 'import-unlinked',
  title: 'Data import not linked to its flow',
  severity: 'error',
  wayOut: 'fix',
  violated: (f, model) =>
    sql`${f.master_id} is not null and not ${f.import_linked} and ${f.import_pointed_link} is null
      and (${f.import_named} is not null or ${f.imports_wrong_key} > 0 or ${literal(model.phases[0]?.name ?? '')} = any(${f.phases_complete}))`,
  restsOn: {
    child: ['importId', 'name', 'masterFlowId', 'client', 'engagement'],
    master: ['id', 'flowId', 'persistence'],
    import: ['id', 'masterFlowId', 'client', 'engagement'],
    rawRecords: ['importId', 'masterFlowId'],
  },
  explain: (row, model) => {
    const { table, columns } = model.import;
    const byOtherKey = (row.imports_wrong_key ?? 0) > 0;
    return {
      message: `no data import is linked to the flow${clueOf(row)}`,
      evidence: [
        evidence(model, 'import', 'masterFlowId', {
          found: byOtherKey ? row.link_other_key : null,
          expected: row.link_key,
          why: `${reasonFor(row, model)}, yet no ${table} row has ${columns.masterFlowId} = ${row.link_key}: the API finds no raw data`,
        }),
      ],
    };
  },
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

function clueOf({ import_named, imports_wrong_key, link_other_key }: FlowRow): string {
  if (import_named !== null) return `; the flow names import ${import_named}`;
  return (imports_wrong_key ?? 0) > 0
    ? `; ${counted(imports_wrong_key ?? 0, 'import')} linked to ${link_other_key}, the master's other key`
    : ', and the flow names none';
}

/** Why it should have one. */
function reasonFor({ phases_complete, import_named }: FlowRow, { phases: [loading] }: FlowModel): string {
  if (loading && phases_complete.includes(loading.name)) return `${loading.flag} is true`;
  return import_named === null ? "an import carries the master's other key" : 'the flow names its import';
}
