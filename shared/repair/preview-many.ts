import { z } from 'zod';
import { Failure } from '../failure.ts';
import type { WriteSession } from '../session.ts';
import { type Applying, FailedFlow, failed, halvesOf, leftUnwritten } from './apply-batch.ts';
import { refuseForged } from './check-plan.ts';
import type { Held } from './lock-rows.ts';
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
 * batch takes. What would fail is told flow by flow, as applying it would.
 * @throws Failure of the connection, `no-rights`; `plan-forged`
 */
export async function previewMany(
  session: WriteSession,
  plan: Plan,
  onProgress: (tried: number, all: number) => void = () => {},
): Promise<ManyPreview> {
  await refuseForged(plan, session);
  const { flows: all, part } = partsOf(plan);
  const size = plan.batchSize ?? BATCH_SIZE;
  const failures: FailedFlow[] = [];
  for (let at = 0; at < all.length; at += size) {
    failures.push(...(await failing({ session, part, kind: plan.kind }, all.slice(at, at + size))));
    onProgress(Math.min(at + size, all.length), all.length);
  }
  return { total: all.length, ran: all.length - failures.length, failed: failures };
}

type Trying = Pick<Applying, 'session' | 'part'> & Pick<Plan, 'kind'>;

/** The flows of a batch that could not be mended now. Where the database rejects one, halves find out which. */
async function failing(trying: Trying, flows: readonly string[], held: Held = 'wait'): Promise<FailedFlow[]> {
  const { session, part, kind } = trying;
  try {
    const run = await session.writer.trial((transaction) =>
      // Whether an undo gave every byte back is seen in what it changed.
      runPart(session, transaction, part(flows), { answered: kind === 'undo' ? 'changes' : 'nothing' }, held),
    );
    return failuresOf(run);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'lock-timeout' && held === 'wait') {
      return failing(trying, flows, 'skip');
    }
    const why = refusedWrite(session.catalog, thrown);
    if (why === undefined) throw thrown;
    const [flowId, ...others] = flows;
    if (flowId !== undefined && others.length === 0) return [failed(flowId, 'rejected', why)];
    const [first, second] = halvesOf(flows);
    return [...(await failing(trying, first, held)), ...(await failing(trying, second, held))];
  }
}

function failuresOf(run: PartRun): FailedFlow[] {
  const left = leftUnwritten(run);
  const problems = run.problems.map(({ flowId, what }) => failed(flowId, 'not verified', what));
  return [...new Map([...left, ...problems].map((one) => [one.flowId, one])).values()];
}
