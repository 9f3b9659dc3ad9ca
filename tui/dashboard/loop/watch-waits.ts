import type { Session } from '../../../shared/index.ts';
import type { Store } from '../state/store.ts';

const EVERY_MS = 1_000;
/** What takes longer than this is shown as running. */
const LONG_MS = 3_000;

/**
 * Looks again and again whether the server works on something for long, and who blocks it.
 * @returns stops it
 */
export function watchWaits(session: Session, { get, dispatch }: Store): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = async () => {
    const wait = await session.longestWait(LONG_MS);
    if (stopped) return;
    if (wait || get().wait) dispatch({ type: 'waits', wait });
    timer = setTimeout(look, EVERY_MS);
  };
  timer = setTimeout(look, EVERY_MS);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
