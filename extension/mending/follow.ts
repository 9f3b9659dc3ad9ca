import { asFailure, type Sighting, watch, whyNotJudged } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { longWork } from '../say/long-work.ts';
import { inform, warn } from '../say/notify.ts';

const EVERY_MS = 500;
const TIMEOUT_MS = 60_000;

/** Follows a flow with a progress notification that can be cancelled, and says honestly whether it moved. */
export async function follow(face: Face, flowId: string, fromPhase?: string | null): Promise<void> {
  const session = await face.connection.session(flowId);
  let last: Sighting | undefined;
  try {
    await longWork(`following ${flowId.slice(0, 8)}`, session, async (session, { signal, say }) => {
      const options = { flowId, timeoutMs: TIMEOUT_MS, everyMs: EVERY_MS, signal };
      for await (const sighting of watch(session, { ...options, ...(fromPhase ? { fromPhase } : {}) })) {
        say(`${sighting.phase ?? '(no phase)'}, ${sighting.status}`);
        last = sighting;
      }
    });
  } catch (thrown) {
    // Who cancels it no longer looks: what was seen until then is told all the same.
    if (asFailure(thrown).code !== 'cancelled') throw thrown;
  }
  face.documents.refresh(flowId);
  face.tree.refresh();
  const why = whyNotJudged(session);
  if (why !== undefined) void warn(`whether it moved is not judged. ${why}`);
  else if (last?.moved) void inform(`it moved, now in ${last.phase ?? ''}.`);
  else void warn(`it has not moved; it is still in ${last?.phase ?? '?'}.`);
}
