import { type Access, type Event, initialState, reduce, type State } from './state.ts';

/** Holds the state outside of React, so that each of several keys that arrive at once sees what the one before did. */
export interface Store {
  get(): State;
  readonly dispatch: (event: Event) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function openStore(access: Access): Store {
  let state = initialState(Date.now(), access);
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    dispatch(event) {
      const next = reduce(state, event);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
