import { readFlow } from '../documents/read-flow.ts';
import type { Face } from '../face.ts';
import { follow } from '../mending/follow.ts';
import { flowOf } from '../target.ts';

/** Follows a flow until its phase moves. */
export async function watchCommand(face: Face, target?: unknown): Promise<void> {
  const typed = await flowOf(face, target);
  if (typed === undefined) return;
  const { diagnosis } = await readFlow(face, typed);
  await follow(face, diagnosis.flowId);
}
