import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '../failure.ts';
import { FailedFlow } from './apply-batch.ts';

const FlowList = z.object({ flows: z.array(z.uuid()).min(1) });

/** The flows that a run could not mend, with the reasons, as JSON that {@link readFlowList} reads. */
export function failedFlowsText(planHash: string, failed: readonly FailedFlow[]): string {
  const content = {
    schemaVersion: 1,
    planHash,
    flows: failed.map((one) => one.flowId),
    failed: z.array(FailedFlow).parse(failed),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Keeps them where the next plan finds them. Written over each time. */
export async function writeFailedFlows(path: string, planHash: string, failed: readonly FailedFlow[]): Promise<void> {
  try {
    await writeFile(path, failedFlowsText(planHash, failed), { mode: 0o600 });
  } catch (thrown) {
    throw new Failure('usage', `${path} cannot be written (${(thrown as NodeJS.ErrnoException).code}).`, {
      cause: thrown,
    });
  }
}

/**
 * The flows that a file lists: one of {@link writeFailedFlows}, or a saved plan, whose flows are then planned anew.
 * @throws Failure `usage`
 */
export async function readFlowList(path: string): Promise<readonly string[]> {
  try {
    return FlowList.parse(JSON.parse(await readFile(path, 'utf8'))).flows;
  } catch (thrown) {
    throw new Failure('usage', `${path} is no list of flows.`, {
      next: 'Give the file of failed flows that `flowmend apply` wrote, or a saved plan.',
      cause: thrown,
    });
  }
}
