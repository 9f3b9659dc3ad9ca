import sql from 'sql-template-tag';
import { literal } from '../../database/identifier.ts';
import type { Change } from '../../repair/change.ts';
import { decisiveImport } from '../import-candidates.ts';
import type { Rule } from '../rule.ts';

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
        why: `the data import is marked complete, yet no ${model.import.table} row has ${
          model.import.columns.masterFlowId
        } = ${row.link_key}: the API finds no raw data`,
      },
    ],
  }),
  fix: ({ row, imports }, model) => {
    const decided = decisiveImport(imports);
    if (!decided) {
      return {
        kind: 'undecided',
        why:
          imports.length === 0
            ? 'no import was found that could belong to this flow'
            : `the evidence for its ${imports.length} candidate imports is not decisive; a person has to pick`,
      };
    }
    const changes: Change[] = [
      {
        record: 'import',
        id: decided.id,
        column: model.import.columns.masterFlowId,
        to: { kind: 'text', text: row.link_key },
        why: 'links the import to the flow by the key that this install uses',
      },
    ];
    if (row.import_pointed === null) {
      changes.push({
        record: 'child',
        id: row.child_id,
        column: model.child.columns.importId,
        to: { kind: 'text', text: decided.id },
        why: 'the child names its import by key, not only in a text',
      });
    }
    return { kind: 'changes', changes };
  },
};
