import { changesDiff, planText, preview, runMarkdown, runText, span, writable } from '../../shared/index.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { formatOf, formatOption, OF_PREVIEWS, present } from '../format.ts';
import { PLAN_ARGUMENT, PLAN_OPTIONS, planOf } from '../plan-argument.ts';

export const previewCommand: Command = {
  ...PLAN_ARGUMENT,
  options: [formatOption(OF_PREVIEWS), ...PLAN_OPTIONS],
  async run(context, argument, options) {
    const format = formatOf(options, OF_PREVIEWS);
    const planned = await planOf(context, argument, options);
    const { plan } = planned;
    const session = writable(planned.session);
    const run = await preview(session, plan);
    const { output } = context;
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
