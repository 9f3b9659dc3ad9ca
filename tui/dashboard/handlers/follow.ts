import { watch } from '../../../shared/index.ts';
import type { Work } from '../handler.ts';
import type { Following } from '../state.ts';

interface FollowOptions {
  readonly timeoutMs: number;
  /** The phase before the call; undefined: where the flow is at the first look. */
  readonly fromPhase?: string | null;
  readonly called?: Following['called'];
}

const EVERY_MS = 500;

/** Shows each look at the flow until it moved, the time is up or the person went back. */
export async function follow(work: Work, { timeoutMs, fromPhase, called }: FollowOptions): Promise<void> {
  const { session, flowId, signal, show, stage, refresh } = work;
  let following: Following = { sightings: [], called, startedAt: Date.now(), timeoutMs, ended: undefined };
  const shown = (change: Partial<Following>) => {
    following = { ...following, ...change };
    show({ kind: 'follow', flowId, following });
  };
  stage('following');
  shown({});
  const from = fromPhase === undefined ? {} : { fromPhase };
  for await (const sighting of watch(session, { flowId, timeoutMs, everyMs: EVERY_MS, signal, ...from })) {
    shown({ sightings: [...following.sightings, sighting] });
  }
  if (signal.aborted) return;
  shown({ ended: following.sightings.at(-1)?.moved ? 'moved' : 'not moved' });
  await refresh();
}
