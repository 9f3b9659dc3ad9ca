import type { Face } from '../face.ts';
import { follow } from '../follow.ts';
import { readFlow } from '../read-flow.ts';
import { flowOf } from '../target.ts';

/** Follows a flow until its phase moves. */
export async function watchCommand(face: Face, target?: unknown): Promise<void> {
  const typed = await flowOf(face, target);
  if (typed === undefined) return;
  const { diagnosis } = await readFlow(face, typed);
  await follow(face, diagnosis.flowId);
}
