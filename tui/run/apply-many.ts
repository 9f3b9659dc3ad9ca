import {
  applyMany,
  choicesText,
  Failure,
  type Line,
  type ManyOutcome,
  type ManyPreview,
  type ManyProgress,
  type ManyWayBack,
  manyOutcomeText,
  manyPlanText,
  manyPreviewText,
  manyProgressText,
  type Plan,
  plain,
  previewMany,
  span,
  type WriteSession,
  wayBackAfterMany,
  wayBackOfMany,
  whyBroken,
  writeFailedFlows,
} from '../../shared/index.ts';
import type { CommandOption, Context, OptionValues } from '../command.ts';
import { type ExitCode, exitCodeOfFailure, exitCodeOfMany } from '../exit-code.ts';
import { numberIn, wholeNumber } from '../plan/option-values.ts';
import { agreed, tellNotice, turnedAway } from './agree.ts';
import { endedBefore, signalsTold } from './interrupt.ts';
import { openRunControl } from './run-control.ts';

/** How a plan of many flows is applied. */
export const APPLY_MANY_OPTIONS: readonly CommandOption[] = [
  { flags: '--canary <flows>', about: 'so many flows first; the rest when they are mended and you agree' },
  { flags: '--rate <flows>', about: 'at most so many flows a second' },
  { flags: '--stop-at <percent>', about: 'stop after a batch of which more than this failed (default 20)' },
  { flags: '--failed <file>', about: 'where the flows are listed that could not be mended, for --from' },
];

/** Shows a plan of many flows, asks, and applies it batch by batch with a bar that a person can pause and end. */
export async function applyManyFlows(
  context: Context,
  session: WriteSession,
  plan: Plan,
  options: OptionValues,
  file: string | undefined,
): Promise<ExitCode> {
  const { output, progress, interactive } = context;
  const asked = {
    canary: wholeNumber(options, 'canary', 100_000),
    batchSize: wholeNumber(options, 'batch', 10_000),
    flowsPerSecond: wholeNumber(options, 'rate', 1_000_000),
    stopAtShare: shareOf(options.stopAt),
  };
  if (asked.canary !== undefined && options.yes !== true && (!interactive || output.json)) {
    throw new Failure('usage', 'After the first flows it is asked again, and without a terminal nobody can be.', {
      next: 'Add --yes to go on unasked where enough of them were mended, or leave --canary out.',
    });
  }
  const trial = options.yes === true ? undefined : await triedOut(context, session, plan);
  const question = `Write this to ${session.settings.database.label}?`;
  const agreement = await agreed(context, session, plan, { options, question });
  if (!agreement) return turnedAway(context);
  let far = '';
  const show = () => progress(control.line(far));
  const control = openRunControl(interactive && !output.json, show);
  let outcome: ManyOutcome;
  try {
    outcome = await applyMany(session, plan, {
      ...agreement.consent,
      ...asked,
      createJournal: true,
      async beforehand() {
        await signalsTold();
        if ((await control.next()) === 'stop') throw endedBefore(control.endedBy(), 'database');
      },
      async between(so) {
        far = manyProgressText(so);
        show();
        if (so.canary && options.yes !== true) {
          if (!(await control.asking((signal) => goesOn(context, so, signal)))) return 'stop';
        }
        return control.next();
      },
    });
  } finally {
    control.close();
  }
  progress('');
  if (outcome.kind !== 'refused') tellNotice(context, agreement);
  const wayBack = await wayBackOfRun(session, trial, outcome);
  const ofAll = trial || batchesOf(outcome) === 1 ? wayBack : undefined;
  output.lines([
    ...manyOutcomeText(outcome, ofAll),
    ...wayBackLines(wayBack, ofAll === undefined ? 'The last batch, its undo tried out: ' : ''),
    ...choicesText(plan.leftOut),
  ]);
  output.document('applyMany', { schemaVersion: 1, outcome, leftOut: plan.leftOut, wayBack });
  if (outcome.failed.length > 0) await keepFailed(context, outcome, options, file);
  if (outcome.kind === 'broken' && !output.json) output.error(plain(whyBroken(outcome)));
  return exitCodeOf(outcome);
}

/** Shows the plan with what came of trying it and its undo out: a person agrees to that. */
async function triedOut({ output, progress }: Context, session: WriteSession, plan: Plan): Promise<ManyPreview> {
  const trial = await previewMany(session, plan, (tried, all) => progress(`${tried} of ${all} flows tried`));
  progress('');
  output.lines([...manyPlanText(plan), [], ...manyPreviewText(trial)]);
  return trial;
}

/** Whether the flows after the first ones are mended too. A letter of its own: what agreed to the plan does not answer it. */
async function goesOn(
  { ask }: Context,
  { applied, failed, left }: ManyProgress,
  signal: AbortSignal,
): Promise<boolean> {
  const first = `${applied} mended and verified, ${failed.length} failed.`;
  const answer = await ask(`${first} g goes on with the other ${left}, Enter alone ends it: `, signal);
  return answer.trim().toLowerCase() === 'g';
}

/** As it was found out before; where nobody was shown that, the undo of the last batch is tried now. */
async function wayBackOfRun(
  session: WriteSession,
  trial: ManyPreview | undefined,
  { receipts }: ManyOutcome,
): Promise<ManyWayBack | undefined> {
  if (receipts.length === 0) return undefined;
  if (trial === undefined) return wayBackAfterMany(session, receipts);
  const { notRestored, noWayBack } = trial;
  return { ...(notRestored ? { notRestored } : {}), ...(noWayBack ? { noWayBack } : {}) };
}

function batchesOf({ receipts, earlierReceipts = [] }: ManyOutcome): number {
  return receipts.length + earlierReceipts.length;
}

function wayBackLines(wayBack: ManyWayBack | undefined, which: string): Line[] {
  return wayBackOfMany(wayBack ?? {}).map((words) => [span(`${which}${words}`, 'warn')]);
}

/** A run that broke before it wrote anything ends as the failure does; later it is one that left flows for the next. */
function exitCodeOf(outcome: ManyOutcome): ExitCode {
  const { failure, applied, left } = outcome;
  return failure && (applied === 0 || left === 0)
    ? exitCodeOfFailure(failure.code, 'database')
    : exitCodeOfMany(outcome);
}

async function keepFailed(
  { output }: Context,
  { planHash, failed, asked }: ManyOutcome,
  { failed: named }: OptionValues,
  file: string | undefined,
): Promise<void> {
  const beside = file?.replace(/(\.json)?$/, '.failed.json') ?? `flowmend-${planHash.slice(0, 8)}.failed.json`;
  const path = typeof named === 'string' ? named : beside;
  await writeFailedFlows(path, planHash, failed, asked);
  output.lines([[span(`Listed in ${path}. To plan them anew: flowmend plan --from ${path}`, 'dim')]]);
}

/** @throws Failure `usage` */
function shareOf(typed: OptionValues[string]): number | undefined {
  if (typed === undefined) return undefined;
  const percent = numberIn(String(typed).replace(/%$/, ''));
  if (percent >= 0 && percent <= 100) return percent / 100;
  throw new Failure('usage', `--stop-at takes percent from 0 to 100, not "${typed}".`);
}
