import {
  type ActionId,
  actions,
  asFailure,
  type Failure,
  nothingSent,
  type Session,
  type Steering,
  sayingWhatWasWritten,
  sessionUntil,
} from '../../../shared/index.ts';
import type { Listed } from '../state/many.ts';
import { matchingFlows, notLookedAt, type State } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import { troubleOf } from '../state/trouble.ts';
import type { Written } from '../state/written.ts';
import { messages } from '../words/messages.ts';
import type { Handler } from './handler.ts';
import type { Poll } from './poll-fleet.ts';

export interface ActionRunner {
  /** Runs one action; one that is running is not started twice, and nothing starts while something writes. */
  start(action: ActionId, flowId: string, handler: Handler): void;
  /** Stops what can be stopped. False while something writes. */
  interrupt(): boolean;
  /** Pauses a run of many flows between two batches or lets it go on, or ends it there. */
  steer(to: 'pause' | 'stop'): void;
}

/** Runs one action at a time and keeps the keys alive meanwhile. */
export function runActions(
  session: Session,
  store: Store,
  poll: Poll,
  wrote: (written: Written) => void,
): ActionRunner {
  const { get, dispatch } = store;
  let current = new AbortController();
  let steering: Steering | undefined;

  const interrupt = () => {
    const { running } = get();
    if (running?.stage === 'writing') return false;
    current.abort();
    dispatch({ type: 'ended' });
    return true;
  };

  const run = async (action: ActionId, flowId: string, handler: Handler) => {
    const controller = new AbortController();
    current = controller;
    const { signal } = controller;
    const live = <Given extends unknown[]>(act: (...given: Given) => void) => {
      return (...given: Given) => (signal.aborted ? undefined : act(...given));
    };
    dispatch({ type: 'started', running: { action, flowId, stage: 'reading' } });
    try {
      await handler({
        session: sessionUntil(session, signal),
        flowId,
        signal,
        listed: () => listedIn(get()),
        show: live((panel) => dispatch({ type: 'panel opened', panel })),
        found: live((flow) => dispatch({ type: 'found', flow })),
        notice: live((text, tone) => dispatch({ type: 'noticed', text, tone })),
        stage: live((stage, words) => dispatch({ type: 'started', running: { action, flowId, stage, words } })),
        steered: live((by) => {
          steering = by;
        }),
        wrote,
        refresh: poll.refresh,
      });
    } catch (thrown) {
      const failure = asFailure(thrown);
      const trouble = troubleOf(BEFORE_WRITING[actions[action].writes](failure, get().running));
      live(() => dispatch({ type: 'panel opened', panel: { kind: 'failed', flowId, action, trouble } }))();
    } finally {
      live(() => {
        steering = undefined;
        dispatch({ type: 'ended' });
      })();
    }
  };

  return {
    interrupt,
    steer(to) {
      steering?.[to]();
    },
    start(action, flowId, handler) {
      const { running } = get();
      if (running && running.stage !== 'following') {
        // The same key again is impatience, not a second order.
        if (running.action === action) return;
        return dispatch({ type: 'noticed', text: messages.stillRunning(actions[running.action].word), tone: 'warn' });
      }
      interrupt();
      void run(action, flowId, handler);
    },
  };
}

/** What a failure leaves unsaid: that nothing was changed. A call to the platform that was begun says it itself. */
const BEFORE_WRITING: Record<
  (typeof actions)[ActionId]['writes'],
  (failure: Failure, running: State['running']) => Failure
> = {
  nothing: (failure) => failure,
  database: sayingWhatWasWritten,
  platform: (failure, running) => (running?.stage === 'reading' ? nothingSent(failure) : failure),
};

function listedIn(state: State): Listed {
  const { filter, scan } = state;
  return { filter, flows: matchingFlows(state), all: scan?.flows.length ?? 0, notLookedAt: notLookedAt(state) };
}
