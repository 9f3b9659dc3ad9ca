import { Failure } from '../../failure.ts';
import type { Session } from '../../session.ts';
import { ways } from '../../words/ways.ts';
import { PLAN_LIFETIME_MS, type Plan, type PlanBody, seal } from '../document/plan.ts';
import { stepsBack } from '../document/steps-back.ts';
import type { Receipt } from '../journal/journal.ts';
import { refuseElsewhere } from '../journal/receipt-origin.ts';

/**
 * Plans the way back from a receipt: every column that the repair changed gets its value from before, provided it still
 * holds what the repair wrote. The plan is previewed, guarded and journalled like any other.
 * @throws Failure `usage` where the receipt was taken back already; `receipt-refused` where its rows are not here
 */
export function planUndo(session: Session, receipt: Receipt): Plan {
  if (receipt.undoneBy !== null) {
    throw new Failure('usage', `Receipt ${receipt.id} was taken back already, by ${receipt.undoneBy}.`, {
      next: `To redo the repair: ${ways().undo(receipt.undoneBy)}`,
    });
  }
  return seal(undoOf(session, receipt));
}

/**
 * The body of the plan that takes a receipt back, in whole or of some of its flows.
 * @throws Failure `receipt-refused`
 */
export function undoOf(session: Session, receipt: Receipt, flows: readonly string[] = receipt.flows): PlanBody {
  const { catalog, settings } = session;
  refuseElsewhere(session, receipt);
  const now = Date.now();
  const wanted = new Set(flows);
  return {
    schemaVersion: 1,
    kind: 'undo',
    database: settings.database.label,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + PLAN_LIFETIME_MS).toISOString(),
    flows: receipt.flows.filter((flowId) => wanted.has(flowId)),
    findings: [],
    mends: [],
    leftOut: [],
    steps: stepsBack(
      catalog,
      receipt.changes.filter(({ flowId }) => wanted.has(flowId)),
      `as it was before ${receipt.id}`,
    ),
    undoes: receipt.id,
  };
}
