import {
  type FailedFlow,
  type LeftOut,
  type Line,
  type ManyProgress,
  type Pace,
  type PaceField,
  type PlanSums,
  runEndText,
  runId,
  severityMarks,
  span,
  visible,
  wayBackOfMany,
} from '../../../shared/index.ts';
import { PACE_KEYS } from '../keys/many-keys.ts';
import { cell } from '../screen/fit.ts';
import { type Ended, type ManyDraft, type ManyPanel, type Mending, ruleChoices } from '../state/many.ts';
import { messages } from '../words/messages.ts';

const { many } = messages;
const COUNT = 9;
const RULE = 30;
const BAR = 30;
const MAX_REASONS = 5;
const MAX_BROKEN = 20;

/** What covers the list while many flows are chosen and mended; the flows themselves follow below it, one by one. */
export function manyLines(panel: ManyPanel): Line[] {
  switch (panel.kind) {
    case 'rules':
      return ruleLines(panel);
    case 'none to mend':
      return noneLines(panel);
    case 'mending':
      return mendingLines(panel.mending);
    case 'many mended':
      return endedLines(panel.ended);
  }
}

/** Rows above the first rule. */
export const RULES_START = 2;

function ruleLines({ broken, among, index }: Extract<ManyPanel, { kind: 'rules' }>): Line[] {
  const whose = among
    ? many.amongListed(visible(among.filter.trim()), among.flows.length, among.notLookedAt)
    : many.amongAll;
  return [
    [span(whose, among ? 'warn' : 'plain')],
    [],
    ...ruleChoices(broken).map(({ rule, flows }, place): Line => {
      const mark = severityMarks[rule?.severity ?? 'healthy'];
      const chosen = place === index;
      return [
        span(chosen ? '› ' : '  ', 'title'),
        cell(many.number(flows), COUNT, 'plain', 'right'),
        span(rule ? `  ${mark.glyph} ` : '    ', mark.tone),
        cell(rule ? visible(rule.rule) : many.anyRule, RULE, chosen ? 'title' : 'plain'),
        span(rule ? visible(rule.title) : many.anyRuleAbout, 'dim'),
      ];
    }),
  ];
}

/** What would be written, before anyone says yes. */
export function draftLines({ plan, sums, trial }: ManyDraft): Line[] {
  const all = sums.flows.length;
  return [
    [span(visible(plan.chosenBy ?? '', 400), 'dim')],
    [span(many.wouldHold(trial.ran, trial.total), trial.ran === trial.total ? 'good' : 'warn')],
    ...wayBackOfMany(trial).map((words): Line => [span(words, 'warn')]),
    ...sumLines(sums),
    ...(trial.failed.length > 0 ? [[span(many.wouldFail(trial.failed.length), 'bad')] as Line] : []),
    ...reasonLines(trial.failed),
    [],
    [span(many.theFlows(all), 'title')],
  ];
}

/** How the run would go, and the key that changes it. */
export function paceLines(pace: Pace): Line[] {
  const fields = Object.keys(PACE_KEYS) as PaceField[];
  return fields.map((field) => [span(`  ${PACE_KEYS[field]} `, 'title'), span(many.pace[field](pace), 'dim')]);
}

function sumLines({ mended, written, leftOut, idle }: PlanSums): Line[] {
  const row = (count: number, words: string, tone: 'good' | 'dim' | 'note'): Line => [
    cell(many.number(count), COUNT, tone, 'right'),
    span(` ${words}`, tone === 'good' ? 'plain' : tone),
  ];
  return [
    ...mended.map(({ rule, findings }) => row(findings, many.mends(visible(rule)), 'good')),
    ...written.map(({ table, rows }) => row(rows, many.rowsOf(visible(`${table.schema}.${table.name}`)), 'dim')),
    ...leftOut.map(({ rule, reason, findings }) =>
      row(findings, many.leftOut(visible(rule), many.reasons[reason]), 'note'),
    ),
    ...(idle > 0 ? [row(idle, many.idle, 'note')] : []),
  ];
}

function noneLines({ sums, trial: { failed } }: Extract<ManyPanel, { kind: 'none to mend' }>): Line[] {
  return [
    [span(many.noneWritten)],
    ...sumLines(sums),
    ...(failed.length > 0 ? [[], [span(many.failed(failed.length), 'bad')] as Line, ...reasonLines(failed)] : []),
  ];
}

/** Why flows fail, in full, each reason once. */
function reasonLines(failed: readonly FailedFlow[]): Line[] {
  const reasons = [...Map.groupBy(failed, ({ kind, why }) => many.failedWhy(kind, visible(why, 300)))];
  reasons.sort((a, b) => b[1].length - a[1].length);
  const more = reasons.slice(MAX_REASONS).reduce((sum, [, all]) => sum + all.length, 0);
  return [
    ...reasons
      .slice(0, MAX_REASONS)
      .map(([why, all]): Line => [cell(many.number(all.length), COUNT, 'bad', 'right'), span(` × ${why}`)]),
    ...(more > 0 ? [[cell(many.number(more), COUNT, 'bad', 'right'), span(` ${many.moreReasons}`)] as Line] : []),
  ];
}

/** Mended is not well: which flows stay broken all the same, and why. */
function brokenLines(broken: readonly LeftOut[]): Line[] {
  const flows = [...Map.groupBy(broken, ({ flowId }) => flowId)];
  if (flows.length === 0) return [];
  return [
    [span(many.staysBroken(flows.length), 'warn')],
    ...flows
      .slice(0, MAX_BROKEN)
      .map(
        ([flowId, all]): Line => [
          span(`  ▲ ${visible(flowId)} `, 'warn'),
          span(all.map(({ rule, why }) => messages.leftOut(visible(rule), visible(why, 200))).join('; ')),
        ],
      ),
    ...(flows.length > MAX_BROKEN ? [[span(many.moreBroken(flows.length - MAX_BROKEN), 'warn')] as Line] : []),
  ];
}

/** A flow that was left as it was, and why. */
export function failedLine({ flowId, kind, why }: FailedFlow): Line {
  return [span(`  ✖ ${visible(flowId)} `, 'bad'), span(many.failedWhy(kind, visible(why)))];
}

function mendingLines({ total, progress, wish, asks, paused }: Mending): Line[] {
  return [
    progress ? progressLine(progress, paused) : [span(many.firstBatch(total), 'note')],
    [],
    ...(progress && asks
      ? askLines(progress)
      : [[span(paused ? many.paused : many.wishes[wish], wish === 'go on' ? 'dim' : 'warn')] as Line]),
    ...(progress && progress.failed.length > 0 ? [[], ...reasonLines(progress.failed)] : []),
  ];
}

/** How the first flows went, and whether it goes on. */
function askLines({ applied, failed, left }: ManyProgress): Line[] {
  return [
    [span(many.firstDone(applied, failed.length), failed.length === 0 ? 'good' : 'warn')],
    [span(many.goOn(left), 'title')],
  ];
}

function progressLine({ total, left, failed, flowsPerSecond, secondsLeft }: ManyProgress, paused: boolean): Line {
  const done = total - left;
  const full = Math.round((done / total) * BAR);
  return [
    span('█'.repeat(full), 'good'),
    span('░'.repeat(BAR - full), 'dim'),
    span(` ${many.done(done, total)}`),
    ...(failed.length > 0 ? [span(`  ${many.failed(failed.length)}`, 'bad')] : []),
    span(`  ${many.rate(Math.round(flowsPerSecond))}`, 'dim'),
    span(left > 0 && !paused ? `  ${many.timeLeft(secondsLeft)}` : '', 'dim'),
  ];
}

function endedLines(ended: Ended): Line[] {
  const { kind, failed, left, receipts, planHash, failure, broken, earlierReceipts = [], wayBack = {} } = ended;
  const end = runEndText(ended, 'repair');
  if (kind === 'refused') return end;
  const undone = wayBackOfMany(wayBack);
  return [
    ...end,
    ...(kind === 'broken' ? [[span(many.underWay(failure?.code), 'bad')]] : []),
    ...(earlierReceipts.length > 0 ? [[span(many.earlier(earlierReceipts.length), 'dim')]] : []),
    ...(left > 0 ? [[span(many.left(left), 'warn')]] : []),
    ...brokenLines(broken),
    ...(receipts.length > 0
      ? [
          [span(many.receipts(receipts.length, runId(planHash), undone.length === 0), 'dim')] as Line,
          ...undone.map((words): Line => [span(words, 'warn')]),
        ]
      : []),
    ...(failed.length > 0
      ? [[], [span(many.failed(failed.length), 'bad'), span(` ${many.failedNext}`)] as Line, ...reasonLines(failed)]
      : []),
  ];
}
