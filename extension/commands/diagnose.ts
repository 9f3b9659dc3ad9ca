import type { Face } from '../face.ts';
import { flowOf } from '../target.ts';

/** Opens the document of a flow, with its findings. */
export async function diagnoseCommand({ documents }: Face, target?: unknown): Promise<void> {
  const typed = await flowOf(target);
  if (typed === undefined) return;
  const { diagnosis } = await documents.diagnosed(typed);
  await documents.show(diagnosis.flowId);
}
