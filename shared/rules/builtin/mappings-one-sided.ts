import sql from 'sql-template-tag';
import { counted } from '../../words/counted.ts';
import { mappingsEvidence, masterMappingsPlace, setMappings } from '../facts/mappings-place.ts';
import type { Rule } from '../rule/rule.ts';

/** The field mappings are in the child or in the master, but not in both. */
export const mappingsOneSided: Rule = {
  id: 'mappings-one-sided',
  title: 'Field mappings in only one of the two records',
  severity: 'warning',
  wayOut: 'fix',
  violated: (f) =>
    sql`${f.master_id} is not null
    and ${f.child_has_mappings} <> ${f.master_has_mappings}
    and coalesce(${f.child_mappings_shape}, 'null') in ('null', 'object')
    and coalesce(${f.master_mappings_shape}, 'null') in ('null', 'object')`,
  restsOn: { child: ['mappings', 'masterFlowId'], master: ['persistence'] },
  explain: (row, model) => {
    const inChild = row.child_has_mappings;
    const count = inChild ? row.child_mappings : row.master_mappings;
    const others = inChild ? row.master_mappings : row.child_mappings;
    return {
      message: `${countOf(count, 'field mapping')} ${count === 1 ? 'is' : 'are'} in the ${inChild ? 'child' : 'master'} only`,
      evidence: [
        mappingsEvidence(model, inChild ? 'master' : 'child', {
          found: others === null ? null : countOf(others, 'mapping'),
          expected: countOf(count, 'mapping'),
          why: inChild
            ? `${model.child.table}.${model.child.columns.mappings} has them; the standard resume looks for them in the master`
            : `${model.master.table}.${masterMappingsPlace(model)} has them; the frontend reads the child first`,
        }),
      ],
    };
  },
  writes: { child: ['mappings'], master: ['persistence'] },
  fix: ({ row, mappings }, model) => {
    const inChild = row.child_has_mappings;
    if (inChild && row.persistence_shape !== 'object') {
      return {
        kind: 'undecided',
        why: `the master's data is no object (${row.persistence_shape}): nothing can be put in`,
      };
    }
    const json = inChild ? mappings.child : mappings.master;
    if (json === null || json.includes('\\u0000')) {
      return { kind: 'undecided', why: 'the mappings hold an escaped NUL, which the other record cannot hold' };
    }
    return {
      kind: 'changes',
      changes: [
        inChild
          ? setMappings(model, 'master', row, json, "a copy of the child's mappings")
          : setMappings(model, 'child', row, json, "a copy of the master's mappings"),
      ],
    };
  },
};

function countOf(count: number | null, noun: string): string {
  return count === null ? `some ${noun}s` : counted(count, noun);
}
