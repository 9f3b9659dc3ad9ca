import {
  actions,
  type Line,
  notRestoredText,
  notRestoredWords,
  span,
  visible,
  type WayBack,
  wayBackText,
} from '../../../shared/index.ts';
import type { ChangedFact } from '../state/changed-facts.ts';
import type { Panel } from '../state/panel.ts';
import { messages } from '../words/messages.ts';
import { changeLines, driftLines } from './change-lines.ts';

/**
 * What came of an apply or an undo, in words.
 * @param resumes whether the flow can be resumed as it is now
 */
export function appliedLines(
  { action, outcome, wayBack, changed = [] }: Omit<Extract<Panel, { kind: 'applied' }>, 'flowId'>,
  resumes: boolean,
  width: number,
): Line[] {
  switch (outcome.kind) {
    case 'applied':
      return [
        [span(messages.applied(visible(outcome.receipt.id)), 'good')],
        ...(outcome.foundOut ? [[span(messages.foundOut, 'warn')]] : []),
        ...(action === 'apply' ? [...(resumes ? [[span(messages.resumeHint)]] : []), ...undoHint(wayBack)] : []),
        ...changeLines(outcome.receipt.changes, width),
      ];
    case 'restored in part':
      return [
        [span(messages.restoredInPart(visible(outcome.receipt.id)), 'warn')],
        ...(outcome.foundOut ? [[span(messages.foundOut, 'warn')]] : []),
        [span(messages.allBut(notRestoredWords(outcome.notRestored)), 'warn')],
        ...notRestoredText(outcome.notRestored),
        ...changeLines(outcome.receipt.changes, width),
      ];
    case 'already applied':
      return [[span(messages.appliedBefore(visible(outcome.receipt.appliedAt), visible(outcome.receipt.id)), 'good')]];
    case 'taken back':
      return [
        [span(messages.takenBackSince(visible(outcome.receipt.undoneBy ?? '')), 'warn')],
        ...(action === 'apply' ? [[span(messages.staleAgain(actions.apply.key))]] : []),
      ];
    case 'not committed':
      return [[span(messages.notCommitted(visible(outcome.why)), 'bad')]];
    case 'stale':
      return [
        [span(messages.stale(visible(outcome.why)), 'bad')],
        ...driftLines(outcome.drift),
        [],
        ...(action === 'apply' ? [[span(messages.staleAgain(actions.apply.key))]] : []),
      ];
    case 'not verified':
      return [
        [span(messages.notVerified, 'bad')],
        ...outcome.problems.map((problem): Line => [span(`  ✖ ${visible(problem)}`)]),
        ...(changed.length > 0 ? [[], [span(messages.changedSince, 'warn')] as Line, ...changed.map(changedLine)] : []),
        ...(action === 'apply' ? [[], [span(messages.staleAgain(actions.apply.key))]] : []),
      ];
    case 'refused':
      return [[span(messages.refused(visible(outcome.why)), 'bad')]];
  }
}

function changedLine({ what, before, now }: ChangedFact): Line {
  return [span('  ▲ ', 'warn'), span(messages.changedFact(visible(what), visible(before, 200), visible(now, 200)))];
}

/** What undo can do about it: nothing is promised that was tried and did not work. */
function undoHint(wayBack: WayBack | undefined): Line[] {
  if (wayBack?.kind === 'none') return wayBackText(wayBack);
  return [[span(messages.undoHint, 'dim')], ...(wayBack?.kind === 'in part' ? wayBackText(wayBack) : [])];
}
