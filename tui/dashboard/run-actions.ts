import { type ActionId, actions, asFailure, type Session } from '../../shared/index.ts';
import type { Handler } from './handler.ts';
import { messages } from './messages.ts';
import type { Poll } from './poll-fleet.ts';
import type { Store } from './store.ts';

export interface ActionRunner {
  /** Runs one action; one that is running is not started twice, and nothing starts while something writes. */
  start(action: ActionId, flowId: string, handler: Handler): void;
  /** Stops what can be stopped. False while something writes. */
  interrupt(): boolean;
}

/** Runs one action at a time and keeps the keys alive meanwhile. */
export function runActions(session: Session, store: Store, poll: Poll): ActionRunner {
  const { get, dispatch } = store;
  let current = new AbortController();

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
        session,
        flowId,
        signal,
        show: live((panel) => dispatch({ type: 'panel opened', panel })),
        notice: live((text, tone) => dispatch({ type: 'noticed', text, tone })),
        stage: live((stage) => dispatch({ type: 'started', running: { action, flowId, stage } })),
        refresh: poll.refresh,
      });
    } catch (thrown) {
      const { message, next } = asFailure(thrown);
      live(() =>
        dispatch({ type: 'panel opened', panel: { kind: 'failed', flowId, action, trouble: { message, next } } }),
      )();
    } finally {
      live(() => dispatch({ type: 'ended' }))();
    }
  };

  return {
    interrupt,
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
