import { type Action, actions, type Situation, visible } from '../../../shared/index.ts';
import type { Layout } from '../screen/layout.ts';
import { panelRows } from '../screen/panel-rows.ts';
import { type Ended, ruleChoices } from '../state/many.ts';
import type { Panel, Question } from '../state/panel.ts';
import {
  type Answer,
  type Event,
  flowAtHand,
  listedFlows,
  matchingFlows,
  type State,
  situationOf,
} from '../state/state.ts';
import { messages } from '../words/messages.ts';
import type { Asked, KeyCommand } from './key-command.ts';
import { actionOfKey } from './keys.ts';
import { isPaceField, mendingCommand, paceCommand, pacedQuestion, ruleCommand } from './many-command.ts';
import { GO_ON_KEY } from './many-keys.ts';

const NOTHING: KeyCommand = { do: 'nothing' };
const change = (event: Event): KeyCommand => ({ do: 'change', event });

/** The key that unlocks writing, and no other question: who presses twice agrees to nothing that was not seen. */
export const UNLOCK_KEY = 'U';

/**
 * Says what a key means. Pure, so that it can be tested without a terminal.
 * @param shown the panel that stands on the screen: a question that is not drawn yet is not answered
 */
export function commandOf(
  key: string,
  state: State,
  layout: Layout,
  shown: Panel | null = state.panel ?? null,
): KeyCommand {
  if (key === 'ctrl-c') return { do: 'quit' };
  if (key === 'ctrl-z') return { do: 'suspend' };
  if (state.typing) return typed(key, state);
  if (state.help) return closesHelp(key) ?? scrolled(key, state, layout);
  if (state.panel && state.panel !== shown && agrees(key, state)) return NOTHING;
  if (state.panel?.kind === 'question') return state.answer ? typedAnswer(key, state) : answered(key, state, layout);
  if (state.panel?.kind === 'choice') return picked(key, state, layout);
  if (key === '?') return change({ type: 'help', open: true });
  if (state.panel?.kind === 'rules') {
    return ruleCommand(key, state.panel, movement(key, layout.panel, ruleChoices(state.panel.broken).length));
  }
  return state.panel ? inPanel(key, state, layout) : inFleet(key, state, layout);
}

/** The key would answer a question, and something would come of that. */
function agrees(key: string, { panel, answer }: State): boolean {
  if (panel?.kind === 'question') return answer === undefined && ['y', 'a', 'A', UNLOCK_KEY].includes(key);
  if (panel?.kind === 'mending') return panel.mending.asks && key === GO_ON_KEY;
  return panel?.kind === 'choice' && /^\d$/.test(key);
}

/** No listed flow matches the filter: Enter asks the database whether it is the id of another one. */
export function isAskedFor(state: State): boolean {
  return state.filter.trim() !== '' && matchingFlows(state).length === 0;
}

function typed(key: string, state: State): KeyCommand {
  const { filter } = state;
  if (key === 'enter' && isAskedFor(state)) return { do: 'find', text: filter.trim() };
  if (key === 'enter') return change({ type: 'filter closed', keep: true });
  if (key === 'escape') return change({ type: 'filter closed', keep: false });
  if (key === 'ctrl-u') return change({ type: 'filtered', text: '' });
  if (key === 'backspace') return change({ type: 'filtered', text: [...filter].slice(0, -1).join('') });
  if (key === 'up' || key === 'down') return change({ type: 'moved', by: key === 'up' ? -1 : 1 });
  return [...key].length === 1 ? change({ type: 'filtered', text: filter + key }) : NOTHING;
}

function closesHelp(key: string): KeyCommand | undefined {
  return ['escape', '?', 'enter', 'q'].includes(key) ? change({ type: 'help', open: false }) : undefined;
}

function answered(key: string, state: State, layout: Layout): KeyCommand {
  const { panel } = state;
  if (panel?.kind !== 'question') return NOTHING;
  const { question, flowId } = panel;
  if (question.kind === 'unlock' && key === UNLOCK_KEY) return { do: 'unlock', action: question.action, flowId };
  if (question.kind !== 'unlock' && key === 'y') return yes(question, flowId);
  if (key === 'a' && canWiden(panel.question)) return { do: 'widen', flowId: panel.flowId };
  const run = runOf(panel.question);
  if (key === 'A' && run !== undefined) return { do: 'undo run', planHash: run };
  if (['n', 'q', 'escape'].includes(key)) return { do: 'back', event: { type: 'panel closed' } };
  return paceCommand(key, panel.question) ?? scrolled(key, state, layout);
}

/** An undo of one flow of many that were written together: all of them can be meant. */
export function canWiden(question: Question): boolean {
  return question.kind === 'undo' && question.plan.flows.length === 1 && (question.receipt?.flows.length ?? 0) > 1;
}

/** The plan by which the repair was written that an undo would take back: all that was written by it can be meant. */
export function runOf(question: Question): string | undefined {
  return question.kind === 'undo' && question.receipt?.kind === 'repair' ? question.receipt.planHash : undefined;
}

/** Something of the run stands, so that it can be taken back. */
export function isWritten({ applied, before }: Ended): boolean {
  return applied + before > 0;
}

/** Yes at once; on a production connection its name has to be typed, and for what is journalled, a reason. */
function yes(question: Asked, flowId: string): KeyCommand {
  if (question.asksName === undefined) return { do: 'carry out', question, flowId, consent: {} };
  const asked = question.kind === 'resume' ? 'name' : 'reason';
  return change({ type: 'answering', answer: { asked, text: '', reason: '' } });
}

function typedAnswer(key: string, { panel, answer }: State): KeyCommand {
  if (panel?.kind !== 'question' || panel.question.kind === 'unlock' || !answer) return NOTHING;
  const { question, flowId } = panel;
  const now = (change: Partial<Answer>): KeyCommand => ({
    do: 'change',
    event: { type: 'answering', answer: { ...answer, ...change } },
  });
  if (isPaceField(answer.asked)) {
    if (key === 'escape') return change({ type: 'panel opened', panel });
    if (key === 'enter') return pacedQuestion(question, answer.asked, answer.text);
  }
  if (key === 'escape') return { do: 'back', event: { type: 'panel closed' } };
  if (key === 'enter') {
    const text = answer.text.trim();
    if (answer.asked === 'reason') return text === '' ? NOTHING : now({ asked: 'name', text: '', reason: text });
    if (text !== question.asksName) return notice(messages.wrongName(visible(question.asksName ?? '')));
    return { do: 'carry out', question, flowId, consent: { reason: answer.reason, name: text } };
  }
  if (key === 'ctrl-u') return now({ text: '' });
  if (key === 'backspace') return now({ text: [...answer.text].slice(0, -1).join('') });
  return [...key].length === 1 ? now({ text: answer.text + key }) : NOTHING;
}

/** A number picks an option of the first open choice; 0 leaves it as it is. */
function picked(key: string, state: State, layout: Layout): KeyCommand {
  const { panel } = state;
  if (panel?.kind !== 'choice') return NOTHING;
  if (key === 'escape' || key === 'q') return { do: 'back', event: { type: 'panel closed' } };
  if (!/^\d$/.test(key)) return scrolled(key, state, layout);
  const { rule, options } = panel.open;
  const value = key === '0' ? null : options[Number(key) - 1]?.value;
  if (value === undefined) return NOTHING;
  return { do: 'pick', flowId: panel.flowId, picks: { ...panel.picks, [rule]: value } };
}

function inPanel(key: string, state: State, layout: Layout): KeyCommand {
  const { panel } = state;
  if (panel?.kind === 'mending') return mendingCommand(key, panel.mending) ?? scrolled(key, state, layout);
  if (panel?.kind === 'many mended' && key === 'w' && panel.ended.failed.length > 0) {
    return { do: 'save failed', ended: panel.ended };
  }
  if (panel?.kind === 'many mended' && key === actions.undo.key && isWritten(panel.ended)) {
    return { do: 'undo run', planHash: panel.ended.planHash };
  }
  if (['escape', 'enter', 'q'].includes(key)) return { do: 'back', event: { type: 'panel closed' } };
  const scroll = scrolled(key, state, layout);
  return scroll.do === 'nothing' ? started(key, state) : scroll;
}

function inFleet(key: string, state: State, layout: Layout): KeyCommand {
  if (key === 'q') return { do: 'quit' };
  const by = movement(key, layout.list, listedFlows(state).length);
  if (by !== undefined) return change({ type: 'moved', by });
  if (key === '/') return change({ type: 'filter opened' });
  if (key === 'escape') return { do: 'back', event: { type: 'filter closed', keep: false } };
  if (key === 'enter' && !state.selected && isAskedFor(state)) return { do: 'find', text: state.filter.trim() };
  if (key === 'enter' && state.selected) {
    return change({ type: 'panel opened', panel: { kind: 'full', flowId: state.selected } });
  }
  return started(key, state);
}

function started(key: string, state: State): KeyCommand {
  const id = actionOfKey(key);
  if (!id) return NOTHING;
  const action: Action = actions[id];
  const flowId = flowAtHand(state) ?? '';
  if (action.on !== 'fleet' && flowId === '') return notice(messages.noFlowChosen);
  const situation = situationOf(state);
  if (state.access === 'read-only' && action.writes !== 'nothing') return notice(messages.readOnlySession);
  if (!action.offered(situation)) return notice(situation.diagnosis ? whyNot(action, situation) : unread(state));
  if (state.access === 'locked' && action.writes !== 'nothing') {
    return change({
      type: 'panel opened',
      panel: { kind: 'question', flowId, question: { kind: 'unlock', action: id } },
    });
  }
  return { do: 'start', action: id, flowId };
}

/** Resuming before mending is what tired hands try. */
function whyNot(action: Action, situation: Situation): string {
  const { id, word } = action;
  const { diagnosis } = situation;
  if (situation.readOnly && action.offered({ ...situation, readOnly: false })) return messages.readOnlySession;
  const resume = id === 'resume' ? diagnosis?.resume : undefined;
  if (resume?.possible && resume.repairFirst) return messages.mendBefore(word, actions.apply.key);
  return messages.notOffered(word, resume?.obstacle ? `: ${visible(resume.obstacle)}` : ' for this flow as it stands');
}

function unread({ trouble }: State): string {
  return trouble ? `✖ ${visible(trouble.message)}` : messages.reads;
}

function notice(text: string): KeyCommand {
  return change({ type: 'noticed', text, tone: 'warn' });
}

function scrolled(key: string, state: State, { width, panel }: Layout): KeyCommand {
  const { count } = panelRows(state, width);
  const by = movement(key, panel, count);
  if (by === undefined) return NOTHING;
  const most = Math.max(0, count - panel);
  return change({ type: 'scrolled', to: Math.min(most, Math.min(state.scroll, most) + by) });
}

/** How far a key moves, in rows. */
function movement(key: string, page: number, all: number): number | undefined {
  switch (key) {
    case 'j':
    case 'down':
      return 1;
    case 'k':
    case 'up':
      return -1;
    case 'pagedown':
      return page;
    case 'pageup':
      return -page;
    case 'ctrl-d':
      return Math.ceil(page / 2);
    case 'ctrl-u':
      return -Math.ceil(page / 2);
    case 'g':
    case 'home':
      return -all;
    case 'G':
    case 'end':
      return all;
    default:
      return undefined;
  }
}
