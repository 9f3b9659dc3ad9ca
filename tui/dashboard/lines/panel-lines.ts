import {
  actions,
  diagnosisText,
  type Line,
  locationsText,
  receiptsText,
  runUndoneText,
  type Span,
  span,
  undoneText,
  visible,
} from '../../../shared/index.ts';
import { fitted, wrap } from '../screen/fit.ts';
import type { Ended } from '../state/many.ts';
import type { Following, Panel } from '../state/panel.ts';
import { type State, situationOf } from '../state/state.ts';
import { messages } from '../words/messages.ts';
import { changeLines, hindranceLines, leftOutLines } from './change-lines.ts';
import { choiceLines } from './choice-lines.ts';
import { followLines } from './follow-lines.ts';
import { helpLines } from './help-lines.ts';
import { manyLines } from './many-lines.ts';
import { appliedLines } from './outcome-lines.ts';
import { questionLines } from './question-lines.ts';

/** The title of what covers list and detail. */
export function panelTitle({ panel, help }: State): Span {
  const { titles } = messages;
  if (help || !panel) return span(titles.help, 'title');
  switch (panel.kind) {
    case 'full':
      return span(titles.full, 'title');
    case 'locations':
      return span(titles.locations, 'title');
    case 'preview':
      return span(titles.preview, 'note');
    case 'question': {
      const { question } = panel;
      const again = question.kind === 'undo' && question.receipt?.kind === 'undo';
      return span(again ? titles.redo : titles[question.kind], 'warn');
    }
    case 'choice':
      return span(titles.choice, 'warn');
    case 'journal':
      return span(titles.journal, 'title');
    case 'hindered':
      return span(panel.action === 'apply' ? titles.cannotApply : titles.cannotUndo, 'bad');
    case 'applied':
      if (panel.outcome.kind === 'restored in part') return span(titles.restoredInPart, 'warn');
      if (panel.outcome.kind !== 'applied' && panel.outcome.kind !== 'already applied') {
        return span(titles.appliedBad, 'bad');
      }
      return span(panel.action === 'apply' ? titles.appliedGood : titles.undoneGood, 'good');
    case 'run taken back': {
      const { applied, failed, left, notRestored = [] } = panel.outcome;
      if (applied === 0) return span(titles.appliedBad, 'bad');
      const whole = failed.length + left + notRestored.length === 0;
      return whole ? span(titles.undoneGood, 'good') : span(titles.restoredInPart, 'warn');
    }
    case 'nothing to mend':
      return span(titles.nothing, 'note');
    case 'not resumed':
      return panel.needsNone ? span(titles.needsNone, 'note') : span(titles.notResumed, 'bad');
    case 'follow':
      return followTitle(panel.following.ended);
    case 'rules':
      return span(titles.rules, 'warn');
    case 'none to mend':
      return span(titles.nothing, 'note');
    case 'mending':
      return span(titles.mending, 'warn');
    case 'many mended':
      return manyTitle(panel.ended);
    case 'failed':
      return span(titles.failed, 'bad');
  }
}

function manyTitle({ kind, applied, failed, left }: Ended): Span {
  const { titles } = messages;
  if (kind === 'refused' || (applied === 0 && failed.length + left > 0)) return span(titles.appliedBad, 'bad');
  return failed.length + left > 0 ? span(titles.manyPartly, 'warn') : span(titles.manyMended, 'good');
}

function followTitle(ended: Following['ended']): Span {
  const { titles } = messages;
  if (ended === 'moved') return span(titles.moved, 'good');
  if (ended === 'not moved') return span(titles.notMoved, 'bad');
  return ended === 'lost' ? span(titles.lost, 'bad') : span(titles.following, 'note');
}

/** Everything that the panel has to say, wrapped to the width; what is shown of it is a matter of scrolling. */
export function panelLines(state: State, width: number): Line[] {
  const { help, panel } = state;
  const lines = help ? helpLines(width) : panel ? contents(panel, state, width) : [];
  // A row of a choice is one row.
  return panel?.kind === 'rules' && !help
    ? lines.map((line) => fitted(line, width))
    : lines.flatMap((line) => wrap(line, width));
}

function contents(panel: Panel, state: State, width: number): Line[] {
  switch (panel.kind) {
    case 'full': {
      const { diagnosis } = situationOf(state);
      return diagnosis ? diagnosisText(diagnosis) : [[span(messages.reads, 'dim')]];
    }
    case 'locations':
      return locationsText(panel.locations);
    case 'preview': {
      const { plan, run } = panel;
      const changes = run.kind === 'stale' ? [] : run.changes;
      const first = changes.length === 0 ? messages.nothingToWrite : messages.wouldChange(changes.length);
      return [
        [span(first, 'title')],
        ...undoneText(run),
        ...hindranceLines(run),
        ...changeLines(changes, width),
        ...leftOutLines(plan),
      ];
    }
    case 'question':
      return questionLines(panel.question, state.now, width);
    case 'choice':
      return choiceLines(panel.open);
    case 'journal':
      return [
        ...receiptsText(panel.receipts, panel.advice),
        ...(panel.older === 'none' ? [] : [[], [span(messages.olderReceipts(panel.receipts.length), 'warn')] as Line]),
      ];
    case 'hindered':
      return [
        [span(messages.hindered)],
        ...hindranceLines(panel.run),
        ...(panel.run.kind === 'stale' && panel.action === 'apply'
          ? [[], [span(messages.staleAgain(actions.apply.key))]]
          : []),
      ];
    case 'applied':
      return appliedLines(panel, actions.resume.offered(situationOf(state)), width);
    case 'run taken back':
      return runUndoneText(panel.outcome);
    case 'nothing to mend':
      return [[span(messages.nothingToWrite)], ...leftOutLines(panel.plan)];
    case 'not resumed':
      return [
        panel.needsNone
          ? [span(messages.needsNone(visible(panel.why, 600)))]
          : [span(messages.notResumed(visible(panel.why, 600)), 'bad')],
        ...(panel.next === '' ? [] : [[], [span(visible(panel.next, 600))]]),
      ];
    case 'follow':
      return followLines(panel.following, state.now);
    case 'rules':
    case 'none to mend':
    case 'mending':
    case 'many mended':
      return manyLines(panel);
    case 'failed':
      return [
        [span(messages.failed(actions[panel.action].word))],
        [],
        [span(visible(panel.trouble.message, 600), 'bad')],
        [span(visible(panel.trouble.next, 600))],
      ];
  }
}
