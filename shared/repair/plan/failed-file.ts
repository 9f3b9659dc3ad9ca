import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '../../failure.ts';
import { writeOver } from '../../files/new-file.ts';
import { RowId } from '../../flow/row-id.ts';
import { FailedFlow } from '../document/failed-flow.ts';
import { Asked } from '../document/plan.ts';

/** Flows to be planned, and what is meant for them. */
const FlowList = z.object({ flows: z.array(RowId).min(1), asked: Asked.default({}) });
export type FlowList = z.infer<typeof FlowList>;

/**
 * The flows that a run could not mend, with the reasons, as JSON that {@link readFlowList} reads.
 * @param asked what their plan was told, so that the next one means no more than that
 */
export function failedFlowsText(planHash: string, failed: readonly FailedFlow[], asked?: Asked): string {
  const content = {
    schemaVersion: 1,
    planHash,
    ...(asked ? { asked } : {}),
    flows: failed.map((one) => one.flowId),
    failed: z.array(FailedFlow).parse(failed),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Keeps them where the next plan finds them. Written over each time. */
export async function writeFailedFlows(
  path: string,
  planHash: string,
  failed: readonly FailedFlow[],
  asked?: Asked,
): Promise<void> {
  try {
    await writeOver(path, failedFlowsText(planHash, failed, asked));
  } catch (thrown) {
    throw new Failure('usage', `${path} cannot be written (${(thrown as NodeJS.ErrnoException).code}).`, {
      cause: thrown,
    });
  }
}

/**
 * The flows that a file lists: one of {@link writeFailedFlows}, or a saved plan, whose flows are then planned anew for
 * what it was told.
 * @throws Failure `usage`
 */
export async function readFlowList(path: string): Promise<FlowList> {
  try {
    return FlowList.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (thrown) {
    throw new Failure('usage', `${path} is no list of flows.`, {
      next: 'Give the file of failed flows that `flowmend apply` wrote, or a saved plan.',
      cause: thrown,
    });
  }
}
