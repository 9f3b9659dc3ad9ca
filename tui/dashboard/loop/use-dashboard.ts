import { useApp, useInput, usePaste, useWindowSize } from 'ink';
import { useEffect, useInsertionEffect, useState, useSyncExternalStore } from 'react';
import { type ActionId, actions, type Session } from '../../../shared/index.ts';
import { answerYes } from '../handlers/answer-yes.ts';
import { askApplyWith } from '../handlers/apply.ts';
import { askApplyMany } from '../handlers/apply-many.ts';
import { findFlow } from '../handlers/find.ts';
import { saveFailed } from '../handlers/mend-many.ts';
import { askUndoAll } from '../handlers/undo.ts';
import { askUndoRun } from '../handlers/undo-run.ts';
import { commandOf } from '../keys/command.ts';
import type { Asked, KeyCommand } from '../keys/key-command.ts';
import { keyNames } from '../keys/key-names.ts';
import { handlers } from '../keys/keys.ts';
import type { DrawnPanel } from '../screen/drawn-panel.ts';
import { type Layout, layoutOf } from '../screen/layout.ts';
import type { Access, State } from '../state/state.ts';
import { stopped } from '../state/stopped.ts';
import { openStore, type Store } from '../state/store.ts';
import type { Written } from '../state/written.ts';
import { messages } from '../words/messages.ts';
import { pollFleet } from './poll-fleet.ts';
import { readOnChoice } from './read-chosen.ts';
import { type ActionRunner, runActions } from './run-actions.ts';
import { watchWaits } from './watch-waits.ts';

/** How the dashboard is left, and what stays to be said then. */
export interface Leaving {
  /** Aborted when the program is to end; what is being written ends first. */
  readonly signal: AbortSignal;
  readonly wrote: (written: Written) => void;
  /** What was still being written when it was left. */
  writing: ActionId | undefined;
}

interface DashboardWork {
  readonly session: Session;
  readonly access: Access;
  readonly drawn: DrawnPanel;
  readonly typed: readonly string[];
  readonly leaving: Leaving;
}

/** Wires the state to the clock, the database and the keys. */
export function useDashboard({ session, access, drawn, typed, leaving }: DashboardWork): {
  state: State;
  layout: Layout;
} {
  const { exit, suspendTerminal } = useApp();
  const { columns, rows } = useWindowSize();
  const layout = layoutOf(columns, rows);
  const [store] = useState(() => openStore(access));
  const state = useSyncExternalStore(store.subscribe, store.get);
  const [runner, setRunner] = useState<ActionRunner>();
  const [waiting] = useState(() => [...typed]);

  useEffect(() => {
    const poll = pollFleet(session, store);
    const stopReading = readOnChoice(session, store);
    const stopWatching = watchWaits(session, store);
    const actionRunner = runActions(session, store, poll, leaving.wrote);
    const leave = () => leaveWhenWritten(store, actionRunner, exit);
    leaving.signal.addEventListener('abort', leave);
    const clock = setInterval(() => store.dispatch({ type: 'ticked', now: Date.now() }), 1_000);
    setRunner(actionRunner);
    return () => {
      clearInterval(clock);
      poll.stop();
      stopReading();
      stopWatching();
      leaving.signal.removeEventListener('abort', leave);
      if (!actionRunner.interrupt()) leaving.writing = store.get().running?.action;
    };
  }, [session, store, leaving, exit]);

  // Before the frame is drawn, which no other effect is.
  useInsertionEffect(() => drawn.made(state.help ? null : (state.panel ?? null)));

  const press = (name: string) => {
    if (!runner) return;
    const command = commandOf(name, store.get(), layout, drawn.get());
    carryOut(command, { store, runner, exit, suspend: () => void suspendTerminal(stopped) });
  };
  // What was typed before there was a list means what stands in it.
  const answered = state.scan !== undefined || state.trouble !== undefined;
  useEffect(() => {
    if (runner && answered) for (const name of waiting.splice(0)) press(name);
  });
  useInput((input, key) => {
    for (const name of keyNames(input, key)) {
      if (waiting.length > 0 && !['q', 'ctrl-c'].includes(name)) waiting.push(name);
      else press(name);
    }
  });
  // What is pasted is text for the filter, never a row of keys.
  usePaste((text) => {
    const { typing, filter, answer } = store.get();
    const pasted = text.replaceAll(/\p{Control}/gu, '');
    if (typing) store.dispatch({ type: 'filtered', text: filter + pasted });
    else if (answer) store.dispatch({ type: 'answering', answer: { ...answer, text: answer.text + pasted } });
  });
  return { state, layout };
}

interface Means {
  readonly store: Store;
  readonly runner: ActionRunner;
  readonly exit: () => void;
  readonly suspend: () => void;
}

function carryOut(command: KeyCommand, { store, runner, exit, suspend }: Means): void {
  switch (command.do) {
    case 'change':
      store.dispatch(command.event);
      break;
    case 'start':
      runner.start(command.action, command.flowId, handlers[command.action]);
      break;
    case 'carry out':
      store.dispatch({ type: 'panel closed' });
      runner.start(actionOf(command.question), command.flowId, answerYes(command.question, command.consent));
      break;
    case 'unlock':
      store.dispatch({ type: 'unlocked' });
      store.dispatch({ type: 'panel closed' });
      runner.start(command.action, command.flowId, handlers[command.action]);
      break;
    case 'widen':
      store.dispatch({ type: 'panel closed' });
      runner.start('undo', command.flowId, askUndoAll);
      break;
    case 'undo run':
      store.dispatch({ type: 'panel closed' });
      runner.start('undo', '', askUndoRun(command.planHash));
      break;
    case 'pick':
      store.dispatch({ type: 'panel closed' });
      runner.start('apply', command.flowId, askApplyWith(command.picks));
      break;
    case 'pick rule':
      store.dispatch({ type: 'panel closed' });
      runner.start('applyMany', '', askApplyMany(command.meant));
      break;
    case 'steer':
      runner.steer(command.to);
      break;
    case 'save failed':
      runner.start('applyMany', '', saveFailed(command.ended));
      break;
    case 'find':
      store.dispatch({ type: 'filter closed', keep: true });
      runner.start('diagnose', '', findFlow(command.text));
      break;
    case 'suspend':
      suspendWhereSafe(store, suspend);
      break;
    case 'back':
      goBack(command.event, store, runner);
      break;
    case 'quit':
      quit(store, runner, exit);
  }
}

function actionOf({ kind }: Asked): ActionId {
  return kind === 'undoRun' ? 'undo' : kind;
}

function goBack(event: Parameters<Store['dispatch']>[0], { get, dispatch }: Store, runner: ActionRunner): void {
  const { panel } = get();
  runner.interrupt();
  dispatch(event);
  if (panel?.kind !== 'question') return;
  dispatch({
    type: 'noticed',
    text: panel.question.kind === 'resume' ? messages.notSent : messages.cancelled,
    tone: 'note',
  });
}

/** Leaving in the middle of a write takes a second press: nobody would see what came of it. A run of many ends at the first. */
function quit({ get, dispatch }: Store, runner: ActionRunner, exit: () => void): void {
  const { running, notice } = get();
  const warning = running && messages.stillWriting(actions[running.action].word);
  if (!runner.interrupt() && notice?.text !== warning && warning) {
    runner.steer('stop');
    dispatch({ type: 'noticed', text: warning, tone: 'warn' });
  } else exit();
}

/** A program that is told to end lets the transaction end that is being written; of a run of many, the batches under way. */
function leaveWhenWritten({ get, subscribe }: Store, runner: ActionRunner, exit: () => void): void {
  if (runner.interrupt()) {
    exit();
    return;
  }
  runner.steer('stop');
  subscribe(() => {
    if (get().running?.stage !== 'writing') exit();
  });
}

/** A program that is stopped in the middle of a write keeps the rows locked. */
function suspendWhereSafe({ get, dispatch }: Store, suspend: () => void): void {
  const { running } = get();
  if (running?.stage !== 'writing') suspend();
  else dispatch({ type: 'noticed', text: messages.stillRunning(actions[running.action].word), tone: 'warn' });
}
