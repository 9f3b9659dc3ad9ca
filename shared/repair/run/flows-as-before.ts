import type { Session } from '../../session.ts';
import type { Step } from '../document/plan.ts';
import { staleRows } from './write-rows.ts';

/** Rows that are compared by one statement. */
const AT_ONCE = 5000;

/**
 * The flows of which a row is as the plan found it, although it would have changed it: whatever a journal says, the plan does
 * not stand there. Their rows, or those of one table, were restored from elsewhere, or the receipt is not true.
 */
export async function flowsAsBefore(
  { primary, catalog }: Session,
  steps: readonly Step[],
  flows: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const telling = steps.filter((step) => flows.has(step.flowId) && changesWhatItGuards(step));
  const before = new Set<string>();
  for (let at = 0; at < telling.length; at += AT_ONCE) {
    const some = telling.slice(at, at + AT_ONCE);
    const stale = await staleRows(primary, catalog, some);
    const changed = new Set(stale.map(({ flowId, key }) => `${flowId} ${key}`));
    for (const { flowId, key } of some) if (!changed.has(`${flowId} ${key}`)) before.add(flowId);
  }
  return before;
}

/** Once it is written its guard no longer holds. */
function changesWhatItGuards({ guard, writes }: Step): boolean {
  return writes.some(({ column, to }) => to.kind !== 'now' && Object.hasOwn(guard, column));
}

/** Why a receipt of such a flow is not believed. */
export function contradicted(receipt: string): string {
  return (
    `receipt ${receipt} says that this was applied, and in whole or in part the rows are as they were before it: they were restored from ` +
    'elsewhere, or the receipt is not true; make a new plan'
  );
}
