import { readFlow } from '../documents/read-flow.ts';
import type { Face } from '../face.ts';
import { flowOf } from '../target.ts';

/** Opens the document of a flow, with its findings. */
export async function diagnoseCommand(face: Face, target?: unknown): Promise<void> {
  const typed = await flowOf(face, target);
  if (typed === undefined) return;
  const { diagnosis } = await readFlow(face, typed);
  await face.documents.show(diagnosis.flowId);
}
