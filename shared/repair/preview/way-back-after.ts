import { asFailure } from '../../files/as-failure.ts';
import type { WriteSession } from '../../session.ts';
import { planUndo } from '../check/plan-undo.ts';
import type { Plan } from '../document/plan.ts';
import type { Receipt } from '../journal/journal.ts';
import { receiptById } from '../journal/journal-place.ts';
import { withinWriter } from '../journal/receipt-problem.ts';
import type { Drift } from '../run/drift.ts';
import type { WayBack } from '../run/way-back.ts';
import { preview } from './preview.ts';
import { type ManyWayBack, previewMany } from './preview-many.ts';

/**
 * Whether a repair that was written without a preview can be undone: its undo is run and rolled back. Undefined where it
 * could not be tried: what was written stands, whatever became of this.
 */
export async function wayBackAfter(session: WriteSession, receipt: Receipt): Promise<WayBack | undefined> {
  try {
    const run = await preview(session, await undoOfAll(session, receipt));
    if (run.kind === 'stale') return { kind: 'none', why: notHeldIn(run.drift) };
    if (run.kind === 'not verified') return { kind: 'none', why: run.problems.join('; ') };
    return run.notRestored ? { kind: 'in part', notRestored: run.notRestored } : { kind: 'whole' };
  } catch (thrown) {
    const { code, message } = asFailure(thrown);
    return code === 'no-rights' || code === 'receipt-refused' ? { kind: 'none', why: message } : undefined;
  }
}

/** The same of the last of several batches: it stands for the others. */
export async function wayBackAfterMany(
  session: WriteSession,
  receipts: readonly string[],
): Promise<ManyWayBack | undefined> {
  const last = receipts.at(-1);
  if (last === undefined) return undefined;
  try {
    const { failed, notRestored } = await previewMany(
      session,
      await undoOfAll(session, await receiptById(session, last)),
    );
    const refused = failed.filter(({ kind }) => kind !== 'busy');
    const reasons = [...Map.groupBy(refused, ({ kind, why }) => (kind === 'stale' ? `${why}: ${NOT_HELD}` : why))];
    return {
      ...(notRestored ? { notRestored } : {}),
      ...(reasons.length > 0
        ? {
            noWayBack: reasons.map(([why, some]) => ({
              why,
              flows: some.length,
              of: some.map(({ flowId }) => flowId),
            })),
          }
        : {}),
    };
  } catch {
    return undefined;
  }
}

/** Its receipt was written a moment ago: a view or a trigger may have dropped a column, or another session changed it. */
const NOT_HELD = 'it does not hold what was written to it';

function notHeldIn([first]: readonly Drift[]): string {
  return first ? `${first.table}.${first.column} changed: ${NOT_HELD}` : NOT_HELD;
}

async function undoOfAll(session: WriteSession, receipt: Receipt): Promise<Plan> {
  return planUndo(session, (await withinWriter(session, receipt)).receipt);
}
