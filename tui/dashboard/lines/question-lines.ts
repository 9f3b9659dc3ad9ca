import {
  type Approval,
  actions,
  age,
  approvalsOf,
  beyondWriterText,
  type Diagnosis,
  type JournalPlace,
  type Line,
  type Receipt,
  type ResumeCall,
  runUndoText,
  span,
  undoneText,
  visible,
} from '../../../shared/index.ts';
import type { ManyDraft } from '../state/many.ts';
import type { Asks, Question } from '../state/panel.ts';
import { messages } from '../words/messages.ts';
import { changeLines, driftLines, leftOutLines } from './change-lines.ts';
import { draftLines, paceLines } from './many-lines.ts';

const MAX_BODY = 4_000;

/** What would be done, in full, before anyone says yes. */
export function questionLines(question: Question, now: number, width: number): Line[] {
  switch (question.kind) {
    case 'unlock':
      return [[span(messages.unlock(actions[question.action].word), 'title')], [span(messages.unlockNote, 'dim')]];
    case 'resume':
      return resumeLines(question);
    case 'applyMany': {
      const { flows } = question.sums;
      const { many } = messages;
      return [
        [span(many.willMend(flows.length, question.pace.canary, batchOf(question)), 'title')],
        ...paceLines(question.pace),
        ...asksLines(question),
        ...draftLines(question),
      ];
    }
    case 'undoRun':
      return [
        [span(messages.willTakeRunBack(question.draft.flows, question.draft.parts.length), 'title')],
        ...asksLines(question),
        ...runUndoText(question.draft),
      ];
    default:
      return planLines(question, now, width);
  }
}

type Asked = Extract<Question, { kind: 'apply' | 'undo' }>;

/** Flows in one transaction: a bounded rate makes the batches smaller. */
function batchOf({ plan, sums, pace }: ManyDraft): number {
  return Math.min(plan.batchSize ?? sums.flows.length, pace.flowsPerSecond ?? Number.POSITIVE_INFINITY);
}

function planLines(question: Asked, now: number, width: number): Line[] {
  const { kind, plan, run, receipt } = question;
  const changes = run.kind === 'stale' ? [] : run.changes;
  const head =
    kind === 'undo' && receipt
      ? undoLines(question, receipt, changes.length, now)
      : [[span(messages.willWrite(changes.length), 'title')] as Line];
  return [...head, ...undoneText(run), ...asksLines(question), ...changeLines(changes, width), ...leftOutLines(plan)];
}

/** How many flows are taken back, which one where it is one (else they follow below), and which of the receipt are not. */
function undoLines(
  { plan: { flows }, changed = [], failed = [], beyondWriter = [] }: Asked,
  receipt: Receipt,
  rows: number,
  now: number,
): Line[] {
  const words = receipt.kind === 'repair' ? messages.willRestore : messages.willMendAgain;
  const left = [...Map.groupBy(changed, ({ flowId }) => flowId)];
  const others = receipt.flows.length - flows.length - left.length - failed.length;
  return [
    [span(words(rows, flows.length, visible(receipt.id), age(receipt.appliedAt, now)), 'title')],
    ...(flows.length === 1 ? flows.map((flowId): Line => [span(`  ${visible(flowId)}`)]) : []),
    ...(others > 0 ? [[span(messages.othersStay(others), 'warn')] as Line] : []),
    ...(left.length > 0 ? [[span(messages.changedStay(left.length), 'warn')] as Line] : []),
    ...left.flatMap(([flowId, drift]): Line[] => [[span(`  ✖ ${visible(flowId)}`, 'warn')], ...driftLines(drift)]),
    ...(failed.length > 0 ? [[span(messages.many.wouldFail(failed.length), 'bad')] as Line] : []),
    ...beyondWriterText(beyondWriter),
  ];
}

function asksLines({ journal, asksName, otherServer }: Asks): Line[] {
  return [
    ...(otherServer === undefined ? [] : [[span(messages.otherServer(visible(otherServer)), 'bad')] as Line]),
    ...(asksName === undefined ? [] : [[span(messages.asksName(visible(asksName)), 'bad')]]),
    ...journalWords(journal).map((words): Line => [span(words, 'warn')]),
  ];
}

/** What is new about where the receipt goes; nothing where the journal is as it should be. */
function journalWords(place: JournalPlace): readonly string[] {
  if (place.kind === 'file') {
    const { journalFile, journalFileNote } = messages;
    return [journalFile[place.why](visible(place.path)), journalFileNote];
  }
  const made = place.state === 'current' ? [] : [messages.readiesJournal[place.state]];
  return place.advice ? [...made, visible(place.advice, 600)] : made;
}

function resumeLines({ diagnosed: { diagnosis }, api, asksName }: Extract<Question, { kind: 'resume' }>): Line[] {
  const calls = callsInOrder(diagnosis);
  const [call, ...others] = calls;
  if (!call) return [];
  const approved = approvalsOf(call);
  return [
    ...(asksName === undefined ? [] : [[span(messages.asksNameOnly(visible(asksName)), 'bad')]]),
    [span(messages.request(call.method, call.path), 'title')],
    [span(messages.requestTo(visible(api)))],
    ...Object.entries(call.headers).map(([name, value]): Line => [span(`  ${name}: ${visible(value)}`, 'dim')]),
    [],
    [
      span(messages.endpointWhy(call.endpoint, messages.effects[call.now.effect])),
      span(`: ${visible(call.now.because)}`),
    ],
    ...others.map((other): Line => [span(messages.fallback(other.endpoint), 'dim')]),
    [span(visible(diagnosis.resume.why), 'dim')],
    [span(messages.noUndo, 'warn')],
    [],
    [span(approved.length > 0 ? messages.approves(approved.length) : messages.approvesNone, 'title')],
    ...approved.map(mappingLine),
    [],
    [span(messages.body, 'title')],
    [span(`  ${visible(JSON.stringify(call.body), MAX_BODY)}`, 'dim')],
  ];
}

/** The chosen endpoint first, then the other one where it would do the same. */
function callsInOrder({ resume: { calls, endpoint } }: Diagnosis): ResumeCall[] {
  const chosen = calls.find((call) => call.endpoint === endpoint);
  if (!chosen) return [];
  return [chosen, ...calls.filter((call) => call !== chosen && call.now.effect === chosen.now.effect)];
}

function mappingLine({ source, target, confidence }: Approval): Line {
  const sure = confidence === undefined ? [] : [span(`  ${messages.confidence(visible(confidence))}`, 'dim')];
  return [span(`  ${messages.mapping(visible(source), visible(target))}`), ...sure];
}
