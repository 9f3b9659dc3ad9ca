import type { ApplyOutcome } from '../../repair/apply/apply.ts';
import type { Plan } from '../../repair/document/plan.ts';
import type { WayBack } from '../../repair/run/way-back.ts';
import type { ResumeOutcome } from '../../resume/resume.ts';
import type { Sighting } from '../../resume/watch.ts';
import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';
import { ways } from '../../words/ways.ts';
import { changesText, driftText, notesText } from './plan-text.ts';
import { notRestoredText, notRestoredWords, takeBackWords, wayBackText } from './way-back-text.ts';

/** What to do where the rows are no longer as a plan of this kind needs them. */
const ANEW: Record<Plan['kind'], () => string> = {
  repair: () => `Make a new plan from what stands there now: ${ways().plan('<id>')}`,
  undo: () => `What was written since stays. Where it is not wanted, see what is wrong now: ${ways().diagnose('<id>')}`,
};

const FOUND_OUT = 'The connection broke while committing; it did commit.';

/**
 * What came of applying a plan, and what to do next.
 * @param wayBack what came of trying the undo of it, where that was done
 */
export function applyText(outcome: ApplyOutcome, kind: Plan['kind'], wayBack?: WayBack): Line[] {
  switch (outcome.kind) {
    case 'applied':
      return [
        ...changesText(outcome.receipt.changes),
        ...(outcome.foundOut ? [[span(FOUND_OUT, 'warn')] as Line] : []),
        [span('✔ applied and verified', 'good'), span(`, receipt ${visible(outcome.receipt.id)}`)],
        ...notesText(outcome.notes),
        ...(kind === 'repair' && wayBack ? wayBackText(wayBack) : []),
        ...(wayBack?.kind === 'none'
          ? []
          : [
              [
                span(takeBackWords('it', ways().undo(visible(outcome.receipt.id)), wayBack !== undefined), 'dim'),
              ] as Line,
            ]),
      ];
    case 'restored in part':
      return [
        ...changesText(outcome.receipt.changes),
        ...(outcome.foundOut ? [[span(FOUND_OUT, 'warn')] as Line] : []),
        [
          span('▲ restored in part', 'warn'),
          span(`, receipt ${visible(outcome.receipt.id)}: all but ${notRestoredWords(outcome.notRestored)}`),
        ],
        ...notRestoredText(outcome.notRestored),
      ];
    case 'already applied':
      return [
        [
          span('✔ applied before', 'good'),
          span(
            `, on ${visible(outcome.receipt.appliedAt)}, receipt ${visible(outcome.receipt.id)}; nothing was written now`,
          ),
        ],
      ];
    case 'taken back':
      return [
        [
          span('▲ applied before, and taken back since', 'warn'),
          span(` by receipt ${visible(outcome.receipt.undoneBy ?? '')}; nothing was written now: a plan is used once`),
        ],
        [
          span(
            kind === 'repair' ? ANEW.repair() : `To take it back again, undo the newest receipt: ${ways().journal}`,
            'dim',
          ),
        ],
      ];
    case 'not committed':
      return [
        [span(`✖ not written: ${visible(outcome.why)}`, 'bad')],
        [span('Nothing was changed: run the same apply again.', 'dim')],
      ];
    case 'stale':
      return [
        [span(`✖ stale: ${visible(outcome.why)}; nothing was written`, 'bad')],
        ...driftText(outcome.drift),
        [span(ANEW[kind](), 'dim')],
      ];
    case 'not verified':
      return [
        ...changesText(outcome.changes),
        [span('✖ rolled back: the repair did not hold; nothing was written', 'bad')],
        ...outcome.problems.map((problem): Line => [span(`  ✖ ${visible(problem, 600)}`)]),
      ];
    case 'refused':
      return [[span(`✖ refused: ${visible(outcome.why, 600)}; nothing was written`, 'bad')]];
  }
}

/** What the platform said to a resume call. It does not say whether the flow moved. */
export function resumeText(outcome: ResumeOutcome): Line[] {
  if (outcome.kind === 'not resumable') {
    return [
      [span(`✖ not resumed: ${visible(outcome.why)}`, 'bad')],
      ...(outcome.next === '' ? [] : [[span(visible(outcome.next), 'dim')]]),
    ];
  }
  const { call, answer, tried } = outcome;
  return [
    ...tried.map((one): Line => [span(`  ${visible(one)}`, 'dim')]),
    [
      span(`${call.endpoint}: ${visible(answer.message ?? answer.status ?? 'answered')}`),
      span('; watching whether it moves', 'dim'),
    ],
  ];
}

/** One look at a flow while following it. */
export function sightingText(sighting: Sighting): Line {
  const { at, status, masterStatus, phase, progress, moved } = sighting;
  return [
    span(`${at.slice(11, 19)} `, 'dim'),
    span(moved ? '✔ ' : '· ', moved ? 'good' : 'dim'),
    span(
      `${visible(phase ?? '(no phase)')}  child ${visible(status)}  master ${visible(masterStatus ?? '(none)')}  ${progress ?? '?'} %`,
    ),
  ];
}
