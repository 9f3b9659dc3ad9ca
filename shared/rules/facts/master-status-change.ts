import type { FlowModel } from '../../flow/model.ts';
import type { Fix } from '../finding/fix.ts';
import { setColumn } from '../finding/set-column.ts';
import type { FlowRow } from '../relation/flow-row.ts';
import type { FlowFacts } from './flow-facts.ts';

/** The rules by which a child comes to say what it should. */
const MEND_THE_CHILD: readonly string[] = ['child-status-should-wait', 'all-phases-complete'];

/** Sets the master's status to the one that goes with the child's: how every rule about it is mended. */
export function masterStatusChange({ row, rules }: FlowFacts, model: FlowModel): Fix {
  if ([row.child_mappings_shape, row.master_mappings_shape].some(isNoObject)) {
    return { kind: 'undecided', why: 'whether the flow waits cannot be told while its mappings are no JSON object' };
  }
  if (row.master_id === null || row.master_status_wanted === row.master_status) {
    return { kind: 'undecided', why: `this install takes no master status that goes with ${row.status_wanted}` };
  }
  if (row.status_wanted !== row.status && !rules.some((id) => MEND_THE_CHILD.includes(id))) {
    return {
      kind: 'undecided',
      why: `the child should say ${row.status_wanted} first, and the rule that says so is switched off or not asked`,
    };
  }
  return {
    kind: 'changes',
    changes: [
      setColumn(
        model,
        'master',
        row.master_id,
        'status',
        row.master_status_wanted,
        `goes with the child's ${row.status_wanted}`,
      ),
    ],
  };
}

/** The master status that is right; null where this install takes none that goes with the child's. */
export function masterStatusExpected({ master_status, master_status_wanted }: FlowRow): string | null {
  return master_status_wanted === master_status ? null : master_status_wanted;
}

function isNoObject(shape: string | null): boolean {
  return shape !== null && shape !== 'null' && shape !== 'object';
}
