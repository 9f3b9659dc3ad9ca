import { type Scan, type Session, scan } from '../../../shared/index.ts';
import type { Store } from '../state/store.ts';
import { troubleOf } from '../state/trouble.ts';
import { readChosen } from './read-chosen.ts';

/** Enough for a person to walk through; the totals count every flow. */
const MAX_LISTED = 1_000;
const EVERY_MS = 2_000;
/** A fleet whose scan takes long is scanned less often: at most a quarter of the time is spent on it. */
const PAUSE_PER_SCAN = 3;

export interface Poll {
  /** Reads everything now, after what is being read already. False where not all of it could be read. */
  refresh(): Promise<boolean>;
  stop(): void;
}

/** Reads the fleet and the chosen flow again and again; the next turn only starts after the last one ended. */
export function pollFleet(session: Session, store: Store): Poll {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let last = Promise.resolve(false);

  const turn = async () => {
    clearTimeout(timer);
    if (stopped) return false;
    const startedAt = Date.now();
    const read = await readFleet(session, store);
    if (read) await readChosen(session, store);
    const took = Date.now() - startedAt;
    // Waiting in vain is no load on the server: try again soon.
    const pause = read ? Math.max(EVERY_MS, took * PAUSE_PER_SCAN) : EVERY_MS;
    if (!stopped) timer = setTimeout(refresh, pause);
    return read !== undefined && read.endedEarly === null;
  };
  const refresh = () => {
    last = last.then(turn);
    return last;
  };
  void refresh();
  return {
    refresh,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** What was read, though it be a part; nothing where the database could not be read. */
async function readFleet(session: Session, { dispatch }: Store): Promise<Scan | undefined> {
  try {
    const found = await scan(session, { healthy: true, limit: MAX_LISTED });
    dispatch({ type: 'scanned', scan: found, now: Date.now() });
    return found;
  } catch (thrown) {
    dispatch({ type: 'scan failed', trouble: troubleOf(thrown) });
    return undefined;
  }
}
