import { planText, preview, runText, span } from '../../shared/index.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { PLAN_ARGUMENT, planOf } from '../plan-argument.ts';

export const previewCommand: Command = {
  ...PLAN_ARGUMENT,
  options: [],
  async run(context, argument) {
    const { session, plan } = await planOf(context, argument);
    context.output.lines(planText(plan));
    const run = await preview(session, plan);
    context.output.lines([[], [span('preview: run and rolled back, nothing was written', 'title')], ...runText(run)]);
    context.output.document('preview', { schemaVersion: 1, plan, run });
    if (run.kind === 'stale') return exitCodes.stale;
    if (run.kind === 'not verified') return exitCodes.refused;
    return run.changes.length === 0 ? exitCodes.done : exitCodes.findings;
  },
};
