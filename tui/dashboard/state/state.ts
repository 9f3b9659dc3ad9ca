import {
  type ActionId,
  actions,
  type Diagnosed,
  type PaceField,
  type Receipt,
  type Scan,
  type ScannedFlow,
  type Tone,
  type Wait,
} from '../../../shared/index.ts';
import { messages } from '../words/messages.ts';
import type { Panel } from './panel.ts';
import { rowOf } from './row-of.ts';
import type { Trouble } from './trouble.ts';

/** What is being typed: in answer to a question of a production connection, or a number of the pace of a run. */
export interface Answer {
  readonly asked: 'reason' | 'name' | PaceField;
  readonly text: string;
  readonly reason: string;
}

/** `read-only`: the session cannot write; `locked`: it asks once before the first write. */
export type Access = 'read-only' | 'locked' | 'unlocked';

export interface Detail {
  readonly flowId: string;
  readonly diagnosed: Diagnosed | undefined;
  readonly receipt: Receipt | undefined;
  /** Why the last attempt to read it failed. What was read before stays. */
  readonly trouble: Trouble | undefined;
}

export interface Running {
  readonly action: ActionId;
  readonly flowId: string;
  /** `writing` must not be interrupted; `following` may be at any time. */
  readonly stage: 'reading' | 'writing' | 'following';
  /** How far it is. */
  readonly words?: string | undefined;
}

/** The chosen flow where it is not in the list: healed, resumed, filtered out, or never among those that are listed. */
interface Unlisted {
  readonly flow: ScannedFlow;
  /** Where its row stood. */
  readonly place: number;
}

export interface State {
  readonly access: Access;
  readonly answer: Answer | undefined;
  readonly scan: Scan | undefined;
  /** When the scan on the screen ended, in milliseconds. */
  readonly scannedAt: number;
  /** Why the last scan could not check, or not to its end; the scan on the screen is then the last known state. */
  readonly trouble: Trouble | undefined;
  /** What the server works on for long, and who blocks it. */
  readonly wait: Wait | undefined;
  readonly selected: string | undefined;
  /** Its row stays where it was until the person moves. */
  readonly unlisted: Unlisted | undefined;
  /** What was chosen before a filter was typed that lists nothing. */
  readonly chosenBefore: string | undefined;
  readonly filter: string;
  readonly typing: boolean;
  /** What was read of single flows, the newest first: the last known state of a flow stays when it is chosen again. */
  readonly details: readonly Detail[];
  readonly panel: Panel | undefined;
  readonly help: boolean;
  readonly scroll: number;
  readonly running: Running | undefined;
  readonly notice: { readonly text: string; readonly tone: Tone; readonly at: number } | undefined;
  readonly now: number;
}

export type Event =
  | { type: 'ticked'; now: number }
  | { type: 'scanned'; scan: Scan; now: number }
  | { type: 'scan failed'; trouble: Trouble }
  | { type: 'waits'; wait: Wait | undefined }
  | { type: 'diagnosed'; flowId: string; diagnosed: Diagnosed; receipt: Receipt | undefined }
  | { type: 'not diagnosed'; flowId: string; trouble: Trouble }
  | { type: 'moved'; by: number }
  | { type: 'filter opened' }
  | { type: 'filter closed'; keep: boolean }
  | { type: 'filtered'; text: string }
  | { type: 'found'; flow: ScannedFlow }
  | { type: 'help'; open: boolean }
  | { type: 'panel opened'; panel: Panel }
  | { type: 'panel closed' }
  | { type: 'unlocked' }
  | { type: 'answering'; answer: Answer }
  | { type: 'scrolled'; to: number }
  | { type: 'started'; running: Running }
  | { type: 'ended' }
  | { type: 'noticed'; text: string; tone: Tone };

/** Panels that a key answers. */
const ASKING: readonly Panel['kind'][] = ['question', 'choice', 'rules'];
const NOTICE_MS = 8_000;
/** A diagnosis is some ten kilobytes. */
const MAX_DETAILS = 100;

export function initialState(now: number, access: Access = 'unlocked'): State {
  return {
    access,
    answer: undefined,
    scan: undefined,
    scannedAt: 0,
    trouble: undefined,
    wait: undefined,
    selected: undefined,
    unlisted: undefined,
    chosenBefore: undefined,
    filter: '',
    typing: false,
    details: [],
    panel: undefined,
    help: false,
    scroll: 0,
    running: undefined,
    notice: undefined,
    now,
  };
}

/** The one place where the state of the dashboard changes. Pure: time comes in with the events. */
export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'ticked':
      return { ...state, now: event.now, notice: stillNew(state, event.now) };
    case 'scanned': {
      const { scan, now } = event;
      return reselected({ ...state, scan, scannedAt: now, now, trouble: scan.endedEarly ?? undefined }, state);
    }
    case 'scan failed':
      return { ...state, trouble: event.trouble };
    case 'waits':
      return { ...state, wait: event.wait };
    case 'diagnosed':
      return remembered(withRow(state, event), { ...event, trouble: undefined });
    case 'not diagnosed':
      return remembered(state, withTrouble(state, event));
    case 'moved':
      return moved(state, event.by);
    case 'filter opened':
      return { ...state, typing: true, chosenBefore: state.selected, notice: undefined };
    case 'filter closed': {
      const selected = state.selected ?? state.chosenBefore;
      return reselected({ ...state, typing: false, filter: event.keep ? state.filter : '', selected }, state);
    }
    case 'filtered':
      return narrowed({ ...state, filter: event.text });
    case 'found':
      return found(state, event.flow);
    case 'help':
      return { ...state, help: event.open, scroll: 0 };
    case 'panel opened':
      // A question that pops up under someone's typing could be answered by a letter of the filter.
      if (state.typing && ASKING.includes(event.panel.kind)) {
        return { ...state, notice: { text: messages.askedWhileTyping, tone: 'warn', at: state.now } };
      }
      return {
        ...state,
        panel: event.panel,
        answer: undefined,
        scroll: event.panel.kind === state.panel?.kind ? state.scroll : 0,
      };
    case 'panel closed':
      return { ...state, panel: undefined, answer: undefined, scroll: 0 };
    case 'unlocked':
      return { ...state, access: 'unlocked' };
    case 'answering':
      return { ...state, answer: event.answer, notice: undefined };
    case 'scrolled':
      return { ...state, scroll: Math.max(0, event.to) };
    case 'started':
      return { ...state, running: event.running, notice: undefined };
    case 'ended':
      return { ...state, running: undefined, notice: stillTrue(state) };
    case 'noticed':
      return { ...state, notice: { text: event.text, tone: event.tone, at: state.now } };
  }
}

/** A notice is about what was just done; after a while it would be read as news. */
function stillNew({ notice }: State, now: number): State['notice'] {
  return notice && now - notice.at < NOTICE_MS ? notice : undefined;
}

/** That something still writes is no longer so once it ended. */
function stillTrue({ running, notice }: State): State['notice'] {
  return running && notice?.text === messages.stillWriting(actions[running.action].word) ? undefined : notice;
}

function remembered(state: State, detail: Detail): State {
  const others = state.details.filter(({ flowId }) => flowId !== detail.flowId);
  return { ...state, details: [detail, ...others].slice(0, MAX_DETAILS) };
}

function withTrouble(state: State, { flowId, trouble }: { flowId: string; trouble: Trouble }): Detail {
  const known = detailOf(state, flowId);
  return { flowId, diagnosed: known?.diagnosed, receipt: known?.receipt, trouble };
}

function moved(state: State, by: number): State {
  const flows = listedFlows(state);
  const index = Math.min(Math.max(0, selectedIndex(state) + by), flows.length - 1);
  const selected = flows[index]?.flowId;
  const unlisted = selected === state.selected ? state.unlisted : undefined;
  return { ...state, selected, unlisted, notice: undefined };
}

/** Keeps the chosen flow: where it left the list, its row stays. */
function reselected(next: State, previous: State): State {
  const flows = matchingFlows(next);
  const { selected } = next;
  if (selected === undefined) return { ...next, selected: flows[0]?.flowId };
  if (flows.some(({ flowId }) => flowId === selected)) return { ...next, unlisted: undefined };
  const place = listedFlows(previous).findIndex(({ flowId }) => flowId === selected);
  const flow = listedFlows(previous)[place];
  return flow ? { ...next, unlisted: { flow, place } } : { ...next, selected: flows[0]?.flowId };
}

/** Who types a filter looks for another flow: the chosen one stays only where it matches. */
function narrowed(state: State): State {
  const flows = matchingFlows(state);
  const matches = flows.some(({ flowId }) => flowId === state.selected);
  return { ...state, unlisted: undefined, selected: matches ? state.selected : flows[0]?.flowId };
}

/** Chooses a flow that was asked for by its id. */
function found(state: State, flow: ScannedFlow): State {
  const next = { ...state, selected: flow.flowId, notice: undefined };
  const listed = matchingFlows(next).some(({ flowId }) => flowId === flow.flowId);
  return { ...next, unlisted: listed ? undefined : { flow, place: 0 } };
}

/** The row of a flow that is not in the list says what was last read of it. */
function withRow(state: State, { flowId, diagnosed }: { flowId: string; diagnosed: Diagnosed }): State {
  const { unlisted } = state;
  if (unlisted?.flow.flowId !== flowId) return state;
  return { ...state, unlisted: { ...unlisted, flow: rowOf(diagnosed) } };
}

/** The rows of the list: the flows that pass the filter, and the chosen one in any case. */
export function listedFlows(
  state: Pick<State, 'scan' | 'filter'> & Partial<Pick<State, 'unlisted'>>,
): readonly ScannedFlow[] {
  const flows = matchingFlows(state);
  const { unlisted } = state;
  return unlisted ? flows.toSpliced(Math.min(unlisted.place, flows.length), 0, unlisted.flow) : flows;
}

/** Flows that the scan counted and did not list: no filter looks at them. */
export function notLookedAt({ scan }: Pick<State, 'scan'>): number {
  return scan ? Math.max(0, scan.totals.flows - scan.flows.length) : 0;
}

/** The flows that pass the filter, worst first. Every word of the filter must occur somewhere in the flow. */
export function matchingFlows({ scan, filter }: Pick<State, 'scan' | 'filter'>): readonly ScannedFlow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (!scan || words.length === 0) return scan?.flows ?? [];
  return scan.flows.filter((flow) => {
    const rules = flow.findings.flatMap(({ rule, message, severity }) => [rule, message, severity]);
    const text = [flow.flowId, flow.name, flow.status, flow.phase, ...rules].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function selectedIndex(state: State): number {
  return listedFlows(state).findIndex((flow) => flow.flowId === state.selected);
}

/** The flow that an action works on: the panel's where one is open, else the chosen one. */
export function flowAtHand(state: State): string | undefined {
  return state.panel?.flowId ?? state.selected;
}

/** What was last read of a flow. */
export function detailOf({ details }: Pick<State, 'details'>, flowId: string | undefined): Detail | undefined {
  return details.find((detail) => detail.flowId === flowId);
}

/** The diagnosis and receipt of the flow at hand, for what is offered. */
export function situationOf(state: State): {
  diagnosis: Diagnosed['diagnosis'] | undefined;
  receipt: Receipt | undefined;
  readOnly: boolean;
} {
  const detail = detailOf(state, flowAtHand(state));
  return {
    diagnosis: detail?.diagnosed?.diagnosis,
    receipt: detail?.receipt,
    readOnly: state.access === 'read-only',
  };
}
