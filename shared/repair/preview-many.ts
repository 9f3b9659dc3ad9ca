import { z } from 'zod';
import type { WriteSession } from '../session.ts';
import { FailedFlow } from './apply-batch.ts';
import { refuseForged } from './check-plan.ts';
import type { Plan } from './plan.ts';
import { BATCH_SIZE } from './plan-many.ts';
import { partsOf } from './plan-part.ts';
import { refusedWrite } from './refused-write.ts';
import { type PartRun, runPart } from './run-plan.ts';

/** What a plan of many flows would do. Counts are flows. */
export const ManyPreview = z.object({ total: z.number(), ran: z.number(), failed: z.array(FailedFlow) });
export type ManyPreview = z.infer<typeof ManyPreview>;

/**
 * Runs a plan of many flows batch by batch, each in a transaction that is rolled back: no row is held longer than its
 * batch takes. Where the database rejects a value, it is told for the whole batch.
 * @throws Failure of the connection, `no-rights`, `lock-timeout`; `plan-forged`
 */
export async function previewMany(
  session: WriteSession,
  plan: Plan,
  onProgress: (tried: number, all: number) => void = () => {},
): Promise<ManyPreview> {
  await refuseForged(plan, session);
  const { flows: all, part } = partsOf(plan);
  const size = plan.batchSize ?? BATCH_SIZE;
  const failed: FailedFlow[] = [];
  for (let at = 0; at < all.length; at += size) {
    const flows = all.slice(at, at + size);
    const run = await session.writer.transaction(async (transaction) => ({
      ending: 'rollback',
      value: await runPart(session, transaction, part(flows), { answered: 'nothing' }).catch((thrown: unknown) => {
        const why = refusedWrite(session.catalog, thrown);
        if (why === undefined) throw thrown;
        return why;
      }),
    }));
    failed.push(
      ...(typeof run === 'string' ? flows.map((flowId) => failure(flowId, 'rejected', run)) : failuresOf(run)),
    );
    onProgress(Math.min(at + size, all.length), all.length);
  }
  return { total: all.length, ran: all.length - failed.length, failed };
}

function failuresOf({ drift, problems }: PartRun): FailedFlow[] {
  const found = new Map<string, FailedFlow>();
  for (const { flowId, table, column } of drift)
    found.set(flowId, failure(flowId, 'stale', `${table}.${column} changed`));
  for (const { flowId, what } of problems) found.set(flowId, failure(flowId, 'not verified', what));
  return [...found.values()];
}

function failure(flowId: string, kind: FailedFlow['kind'], why: string): FailedFlow {
  return { flowId, kind, why };
}
