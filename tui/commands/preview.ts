import {
  changesDiff,
  manyPlanText,
  manyRowsDiff,
  manyRowsMarkdown,
  manyRowsText,
  type Plan,
  planText,
  preview,
  previewMany,
  previewRows,
  runMarkdown,
  runText,
  span,
  type WriteSession,
  writable,
} from '../../shared/index.ts';
import type { Command, Context, OptionValues } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { formatOf, formatOption, OF_PREVIEWS, present } from '../format.ts';
import { meansMany, sourceOf } from '../plan/flow-source.ts';
import { MANY_OPTIONS, planOfMany } from '../plan/many-flows.ts';
import { nothingMeant } from '../plan/nothing-meant.ts';
import { wholeNumber } from '../plan/option-values.ts';
import { PLAN_ARGUMENT, PLAN_OPTIONS, planOf } from '../plan/plan-argument.ts';

export const previewCommand: Command = {
  ...PLAN_ARGUMENT,
  options: [
    formatOption(OF_PREVIEWS),
    ...PLAN_OPTIONS,
    ...MANY_OPTIONS,
    { flags: '--rows <flows>', about: 'of many flows, show the rows of so many (default: text 10, else 500)' },
  ],
  async run(context, argument, options, all) {
    const format = formatOf(options, OF_PREVIEWS);
    const { output } = context;
    const meant = meansMany(sourceOf(all, options))
      ? await planOfMany(context, all, options)
      : await planOf(context, argument, options);
    if (meant === undefined) return nothingMeant(context);
    const { plan } = meant;
    const session = writable(meant.session);
    if (plan.flows.length > 1) return previewOfMany(context, session, plan, options);
    const run = await preview(session, plan);
    present(output, format, {
      text: () => [
        ...planText(plan),
        [],
        [span('preview: run and rolled back, nothing was written', 'title')],
        ...runText(run, output.width),
      ],
      markdown: () => runMarkdown(run),
      diff: () => (run.kind === 'stale' ? runText(run) : changesDiff(run.changes)),
      json: () => output.document('preview', { schemaVersion: 1, plan, run }),
    });
    if (run.kind === 'stale') return exitCodes.stale;
    if (run.kind === 'not verified') return exitCodes.refused;
    return run.changes.length === 0 ? exitCodes.done : exitCodes.findings;
  },
};

/** Flows of which the rows are shown where nothing else is said: as many as a person reads, or a program takes in. */
const ROWS = { text: 10, other: 500 };

async function previewOfMany(
  { output, progress }: Context,
  session: WriteSession,
  plan: Plan,
  options: OptionValues,
): Promise<ExitCode> {
  const format = formatOf(options, OF_PREVIEWS);
  const most = wholeNumber(options, 'rows', 100_000) ?? (format === 'text' ? ROWS.text : ROWS.other);
  const run = await previewMany(session, plan, (tried, all) => progress(`${tried} of ${all} flows tried`));
  const rows = await previewRows(session, plan, run, most);
  progress('');
  present(output, format, {
    text: () => [...manyPlanText(plan), [], ...manyRowsText(run, rows, output.width)],
    markdown: () => manyRowsMarkdown(run, rows),
    diff: () => manyRowsDiff(run, rows),
    json: () => output.document('previewMany', { schemaVersion: 1, planHash: plan.hash, run, rows }),
  });
  if (run.failed.length > 0) return exitCodes.partly;
  return run.ran === 0 ? exitCodes.done : exitCodes.findings;
}
