import type { ManyOutcome, ManyProgress } from '../../repair/apply/many-outcome.ts';
import type { Plan } from '../../repair/document/plan.ts';
import { planSums } from '../../repair/document/plan-sums.ts';
import { runId } from '../../repair/document/run-id.ts';
import type { ManyPreview, ManyWayBack } from '../../repair/preview/preview-many.ts';
import { MAX_NAMED, named, number, rest } from '../../words/counted.ts';
import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';
import { ways } from '../../words/ways.ts';
import { progressBar } from '../marks/progress-bar.ts';
import { runEndText } from '../marks/run-end.ts';
import { tableName } from '../marks/shown.ts';
import { choicesText } from './choices-text.ts';
import { failures } from './failed-flows.ts';
import { takeBackWords, wayBackOfMany } from './way-back-text.ts';

/** A plan of many flows for review: which flows, what is mended on how many of them, how many rows, what is left out. */
export function manyPlanText(plan: Plan): Line[] {
  return [
    ...headLines(plan),
    [],
    ...named(plan.flows).map(idLine),
    ...rest(plan.flows.length, 'flows in the plan'),
    [],
    ...sumLines(plan),
    ...choicesText(plan.leftOut),
  ];
}

/** The same as a document: after the sums every flow, and what came of trying it out before them. */
export function manyPlanDocument(plan: Plan, tried: ManyPreview): Line[] {
  return [
    ...headLines(plan),
    [],
    ...manyPreviewText(tried, tried.failed.length),
    [],
    ...sumLines(plan),
    ...choicesText(plan.leftOut),
    [],
    [span(`exactly these ${number(plan.flows.length)} flows`, 'title')],
    ...plan.flows.map(idLine),
  ];
}

function headLines({ flows, database, chosenBy, expiresAt, hash, batchSize }: Plan): Line[] {
  return [
    [span('Repair plan', 'title'), span(` for ${number(flows.length)} flows in ${visible(database)}`)],
    ...(chosenBy ? [[span(visible(chosenBy, 400), 'dim')] as Line] : []),
    [
      span(
        `valid until ${expiresAt}, hash ${visible(hash.slice(0, 16))}${
          batchSize ? `, ${number(batchSize)} flows in one transaction` : ''
        }`,
        'dim',
      ),
    ],
  ];
}

function idLine(id: string): Line {
  return [span(`  ${id}`)];
}

function sumLines(plan: Plan): Line[] {
  const { mended, written, leftOut, idle } = planSums(plan);
  return [
    ...mended.map(
      ({ rule, findings }): Line => [
        span(`  ${number(findings).padStart(7)} `, 'good'),
        span(`× ${visible(rule)} mended`),
      ],
    ),
    ...written.map(
      ({ table, rows }): Line => [
        span(`  ${number(rows).padStart(7)} `),
        span(`rows of ${tableName(table)} written`, 'dim'),
      ],
    ),
    ...leftOut.map(
      ({ rule, reason, findings }): Line => [
        span(`  ${number(findings).padStart(7)} `, 'note'),
        span(`× ${visible(rule)} (${reason}) left out`, 'note'),
      ],
    ),
    ...(idle > 0 ? [[span(`  ${number(idle)} flows have nothing to write.`, 'dim')] as Line] : []),
  ];
}

/** What a plan of many flows would do: run batch by batch, each rolled back. */
export function manyPreviewText(preview: ManyPreview, most = MAX_NAMED): Line[] {
  const { total, ran, failed } = preview;
  return [
    [span('preview: run batch by batch and rolled back, nothing was written', 'title')],
    [span(`${number(ran)} of ${number(total)} flows would be mended and verified`, ran === total ? 'good' : 'warn')],
    ...wayBackOfMany(preview).map((words): Line => [span(words, 'warn')]),
    ...failures(failed, most),
  ];
}

/**
 * What came of applying a plan of many flows, and what to do next.
 * @param wayBack what came of trying its undo, where that was done for all of it
 */
export function manyOutcomeText(outcome: ManyOutcome, wayBack?: ManyWayBack): Line[] {
  const { kind, why, total, applied, before, failed, left, receipts, earlierReceipts = [] } = outcome;
  const takenBack = failed.filter((one) => one.kind === 'taken back').length;
  if (kind === 'refused') return runEndText(outcome, 'repair');
  const whole = failed.length === 0 && left === 0;
  const ended = {
    done: 'done',
    stopped: `stopped: ${visible(why ?? '')}`,
    interrupted: 'ended between two batches, as asked',
    broken: 'broke off',
  }[kind];
  return [
    [
      span(whole ? '✔ ' : '▲ ', whole ? 'good' : 'warn'),
      span(`${ended}: ${number(applied)} of ${number(total)} flows mended and verified`, whole ? 'good' : 'warn'),
      span(before > 0 ? `, ${number(before)} were so by an earlier run of this plan` : ''),
    ],
    ...failures(failed),
    ...(takenBack > 0
      ? [
          [
            span(`  ${number(takenBack)} mended by this plan and taken back since: they need a new plan`, 'warn'),
          ] as Line,
        ]
      : []),
    ...(left > 0 ? [[span(`  ${leftWords(outcome)}`, 'warn')] as Line] : []),
    ...(receipts.length + earlierReceipts.length > 0 ? runLines(outcome, wayBack) : []),
  ];
}

/** What the run is called, and how to take all of it back, or a part. */
function runLines({ planHash, receipts, earlierReceipts = [] }: ManyOutcome, wayBack: ManyWayBack | undefined): Line[] {
  const all = [...receipts, ...earlierReceipts];
  const run = visible(runId(planHash));
  const whole = wayBack !== undefined && wayBackOfMany(wayBack).length === 0;
  return [
    [span(`Run ${run}. ${takeBackWords('all of it', ways().undoRun(run), whole)}`, 'dim')],
    ...(all.length === 1
      ? []
      : [[span(`${number(all.length)} receipts, one a batch: ${ways().journal}`, 'dim')] as Line]),
  ];
}

/** What broke a run off, and what to do; nothing where it did not break. */
export function whyBroken({ failure }: ManyOutcome): Line[] {
  if (failure === undefined) return [];
  const { message, next } = failure;
  return [[span(`✖ ${visible(message, 600)}`, 'bad')], ...(next ? [[span(`  ${visible(next, 600)}`, 'dim')]] : [])];
}

/** What became of the flows that a run left. */
function leftWords({ kind, left }: Pick<ManyOutcome, 'kind' | 'left'>): string {
  return kind === 'broken'
    ? `${number(left)} not tried, or not known: the same plan applied again finds out and goes on with them`
    : `${number(left)} not tried: the same plan applied again goes on with them`;
}

/** How far a run is, in one line: a bar, the rate, the time left. */
export function manyProgressText(
  { total, left, failed, flowsPerSecond, secondsLeft }: ManyProgress,
  width = 20,
): string {
  const done = total - left;
  return [
    `${progressBar(done, total, width)} ${number(done)}/${number(total)} flows`,
    `${number(Math.round(flowsPerSecond))}/s`,
    left > 0 ? `${duration(secondsLeft)} left` : 'done',
    ...(failed.length > 0 ? [`${number(failed.length)} failed`] : []),
  ].join('  ');
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
