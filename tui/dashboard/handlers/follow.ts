import { setTimeout as sleep } from 'node:timers/promises';
import { watch, whyNotJudged } from '../../../shared/index.ts';
import type { Work } from '../loop/handler.ts';
import type { Following } from '../state/panel.ts';
import { troubleOf } from '../state/trouble.ts';

interface FollowOptions {
  readonly timeoutMs: number;
  /** The phase before the call; undefined: where the flow is at the first look. */
  readonly fromPhase?: string | null;
  readonly called?: Following['called'];
}

const EVERY_MS = 500;
const RETRY_MS = 1_000;

/**
 * Shows each look at the flow until it moved, the time is up or the person went back. A database that goes away
 * meanwhile is waited for: what the platform answered before must not be lost over it.
 */
export async function follow(work: Work, { timeoutMs, fromPhase, called }: FollowOptions): Promise<void> {
  const { session, flowId, signal, show, stage, refresh } = work;
  const startedAt = Date.now();
  let following: Following = { sightings: [], called, startedAt, timeoutMs, trouble: undefined, ended: undefined };
  const shown = (change: Partial<Following>) => {
    following = { ...following, ...change };
    show({ kind: 'follow', flowId, following });
  };
  const look = async () => {
    const from = fromPhase ?? following.sightings[0]?.phase;
    const left = startedAt + timeoutMs - Date.now();
    const options = {
      flowId,
      timeoutMs: left,
      everyMs: EVERY_MS,
      signal,
      ...(from === undefined ? {} : { fromPhase: from }),
    };
    for await (const sighting of watch(session, options)) {
      shown({ sightings: [...following.sightings, sighting], trouble: undefined });
    }
  };
  stage('following');
  shown({});
  for (let done = false; !done && !signal.aborted; ) {
    try {
      await look();
      done = true;
    } catch (thrown) {
      shown({ trouble: troubleOf(thrown) });
      done = Date.now() - startedAt > timeoutMs;
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
  if (signal.aborted) return;
  const stayed = whyNotJudged(session) === undefined ? 'not moved' : 'not judged';
  shown({ ended: following.trouble ? 'lost' : following.sightings.at(-1)?.moved ? 'moved' : stayed });
  await refresh();
}
