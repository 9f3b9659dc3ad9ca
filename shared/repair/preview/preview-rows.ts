import { z } from 'zod';
import type { WriteSession } from '../../session.ts';
import type { Plan } from '../document/plan.ts';
import { partsOf } from '../document/plan-part.ts';
import { RowChange } from '../document/row-change.ts';
import { BATCH_SIZE } from '../plan/plan-many.ts';
import { runPart } from '../run/run-plan.ts';
import type { ManyPreview } from './preview-many.ts';

/** Rows before and after, of some flows of a plan. */
export const PreviewedRows = z.object({
  /** So many flows of the plan were looked at, in its order. */
  flows: z.number(),
  changes: z.array(RowChange),
});
export type PreviewedRows = z.infer<typeof PreviewedRows>;

/**
 * Row changes of the first flows of a plan that passed the dry run: run once more and rolled back. All
 * rows of all flows would be more than anybody reads, and hundreds of megabytes.
 * @param most flows
 * @throws Failure of the connection, `no-rights`
 */
export async function previewRows(
  session: WriteSession,
  plan: Plan,
  { failed }: ManyPreview,
  most: number,
): Promise<PreviewedRows> {
  const without = new Set(failed.map((one) => one.flowId));
  const { flows: all, part } = partsOf(plan);
  const flows = all.filter((flowId) => !without.has(flowId)).slice(0, most);
  const size = plan.batchSize ?? BATCH_SIZE;
  const changes: RowChange[] = [];
  for (let at = 0; at < flows.length; at += size) {
    const batch = part(flows.slice(at, at + size));
    const ran = await session.writer.trial((transaction) =>
      runPart(session, transaction, batch, { answered: 'changes' }, 'skip'),
    );
    changes.push(...ran.changes);
  }
  return { flows: flows.length, changes };
}
