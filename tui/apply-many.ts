import {
  applyMany,
  Failure,
  journalNotice,
  journalPlace,
  type ManyOutcome,
  manyOutcomeText,
  manyPlanText,
  manyProgressText,
  type Plan,
  span,
  type WriteSession,
  writeFailedFlows,
} from '../shared/index.ts';
import { tellJournal } from './apply-plan.ts';
import type { CommandOption, Context, OptionValues } from './command.ts';
import { consentOf } from './consent.ts';
import { type ExitCode, exitCodeOfMany, exitCodes } from './exit-code.ts';
import { wholeNumber } from './many-flows.ts';
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
  const { output, confirm, progress, interactive } = context;
  const asked = {
    canary: wholeNumber(options, 'canary', 100_000),
    batchSize: wholeNumber(options, 'batch', 10_000),
    flowsPerSecond: wholeNumber(options, 'rate', 1_000_000),
    stopAtShare: shareOf(options.stopAt),
  };
  const { production, database } = session.settings;
  if (options.yes !== true) {
    output.lines(manyPlanText(plan));
    const journal = journalNotice(await journalPlace(session, plan));
    const question = `Write this to ${database.label}?${journal && ` ${journal}`}`;
    if (production) output.lines([[span(journal)]]);
    else if (!(await confirm(question))) return turnedAway(context);
  } else await tellJournal(context, session, plan);
  const consent = await consentOf(context, session, options);
  if (!consent) return turnedAway(context);
  const control = openRunControl(interactive && !output.json, progress);
  let outcome: ManyOutcome;
  try {
    outcome = await applyMany(session, plan, {
      ...consent,
      ...asked,
      createJournal: true,
      async between(so) {
        progress(`${manyProgressText(so)}   p pauses, Ctrl-C ends after a batch`);
        if (so.canary && options.yes !== true) {
          const question = `${so.applied} mended and verified, ${so.failed.length} failed. Go on with the other ${so.left}?`;
          if (!(await control.asking(() => confirm(question)))) return 'stop';
        }
        return control.next();
      },
    });
  } finally {
    control.close();
  }
  progress('');
  output.lines(manyOutcomeText(outcome));
  output.document('applyMany', { schemaVersion: 1, outcome });
  if (outcome.failed.length > 0) await keepFailed(context, outcome, options, file);
  return exitCodeOfMany(outcome);
}

function turnedAway({ output }: Context): ExitCode {
  output.lines([[span('Nothing was written.')]]);
  return exitCodes.refused;
}

async function keepFailed(
  { output }: Context,
  { planHash, failed }: ManyOutcome,
  { failed: named }: OptionValues,
  file: string | undefined,
): Promise<void> {
  const beside = file?.replace(/(\.json)?$/, '.failed.json') ?? `flowmend-${planHash.slice(0, 8)}.failed.json`;
  const path = typeof named === 'string' ? named : beside;
  await writeFailedFlows(path, planHash, failed);
  output.lines([[span(`Listed in ${path}. To plan them anew: flowmend plan --from ${path}`, 'dim')]]);
}

/** @throws Failure `usage` */
function shareOf(typed: OptionValues[string]): number | undefined {
  if (typed === undefined) return undefined;
  const percent = Number(String(typed).replace(/%$/, ''));
  if (percent >= 0 && percent <= 100) return percent / 100;
  throw new Failure('usage', `--stop-at takes percent from 0 to 100, not "${typed}".`);
}
