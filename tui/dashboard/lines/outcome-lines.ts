import { type ApplyOutcome, actions, type Line, span, visible } from '../../../shared/index.ts';
import { messages } from '../messages.ts';
import { changeLines, driftLines } from './change-lines.ts';

/** What came of an apply or an undo, in words. */
export function appliedLines(action: 'apply' | 'undo', outcome: ApplyOutcome, width: number): Line[] {
  switch (outcome.kind) {
    case 'applied':
      return [
        [span(messages.applied(visible(outcome.receipt.id)), 'good')],
        ...(outcome.foundOut ? [[span(messages.foundOut, 'warn')]] : []),
        ...(action === 'apply' ? [[span(messages.resumeHint)], [span(messages.undoHint, 'dim')]] : []),
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
      ];
    case 'refused':
      return [[span(messages.refused(visible(outcome.why)), 'bad')]];
  }
}
