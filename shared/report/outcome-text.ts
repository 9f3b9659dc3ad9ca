import type { ApplyOutcome } from '../repair/apply.ts';
import type { ResumeOutcome } from '../resume/resume.ts';
import type { Sighting } from '../resume/watch.ts';
import { changesText, driftText } from './plan-text.ts';
import { type Line, span } from './tone.ts';
import { visible } from './visible.ts';

/** What came of applying a plan, and what to do next. */
export function applyText(outcome: ApplyOutcome): Line[] {
  switch (outcome.kind) {
    case 'applied':
      return [
        ...changesText(outcome.receipt.changes),
        ...(outcome.foundOut ? [[span('The connection broke while committing; it did commit.', 'warn')] as Line] : []),
        [span('✔ applied and verified', 'good'), span(`, receipt ${visible(outcome.receipt.id)}`)],
        [span(`To take it back: flowmend undo ${visible(outcome.receipt.id)}`, 'dim')],
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
    case 'not committed':
      return [
        [span(`✖ not written: ${visible(outcome.why)}`, 'bad')],
        [span('Nothing was changed: run the same apply again.', 'dim')],
      ];
    case 'stale':
      return [
        [span(`✖ stale: ${visible(outcome.why)}; nothing was written`, 'bad')],
        ...driftText(outcome.drift),
        [span('Make a new plan from what stands there now: flowmend plan <id> -o <file>', 'dim')],
      ];
    case 'not verified':
      return [
        [span('✖ rolled back: the repair did not hold', 'bad')],
        ...outcome.problems.map((problem): Line => [span(`  ✖ ${visible(problem)}`)]),
      ];
    case 'refused':
      return [[span(`✖ refused: ${visible(outcome.why)}; nothing was written`, 'bad')]];
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
