import {
  Failure,
  type Plan,
  planMarkdown,
  planState,
  planStateText,
  planText,
  type Session,
  span,
  writePlanFile,
} from '../../shared/index.ts';
import type { Command, Context, OptionValues } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { meansMany, sourceOf } from '../flow-source.ts';
import { formatOf, formatOption, OF_PLANS, present } from '../format.ts';
import { MANY_OPTIONS, planOfMany } from '../many-flows.ts';
import { PLAN_ARGUMENT, PLAN_OPTIONS, planOf } from '../plan-argument.ts';

export const planCommand: Command = {
  ...PLAN_ARGUMENT,
  argumentAbout: 'the ids of flows, or a saved plan to read and to see what it is good for',
  options: [
    { flags: '-o, --output <file>', about: 'save the plan, to be reviewed and applied as it is' },
    formatOption(OF_PLANS),
    ...PLAN_OPTIONS,
    ...MANY_OPTIONS,
  ],
  async run(context, argument, options, all) {
    const format = formatOf(options, OF_PLANS);
    const { output } = context;
    const source = sourceOf(all, options);
    if (source === 'a saved plan' && options.output !== undefined) {
      throw new Failure('usage', 'A saved plan is only read: --output saves a new one.');
    }
    const meant = meansMany(source)
      ? await planOfMany(context, all, options)
      : await planOf(context, argument, options);
    if (meant === undefined) {
      output.lines([[span('Nothing to mend.', 'good')]]);
      return exitCodes.done;
    }
    const { session, plan } = meant;
    if (source === 'a saved plan') return show(context, session, plan, options);
    present(output, format, {
      text: () => planText(plan),
      markdown: () => planMarkdown(plan),
      json: () => output.document('plan', plan),
    });
    if (typeof options.output === 'string') {
      await writePlanFile(options.output, plan);
      if (format === 'text') {
        output.lines([[], [span(`Saved. To apply exactly this: flowmend apply ${options.output}`, 'dim')]]);
      }
    }
    return plan.findings.length === 0 ? exitCodes.done : exitCodes.findings;
  },
};

/** A saved plan as it was reviewed, and whether it can still be applied. */
async function show({ output }: Context, session: Session, plan: Plan, options: OptionValues): Promise<ExitCode> {
  const state = await planState(session, plan);
  present(output, formatOf(options, OF_PLANS), {
    text: () => [...planText(plan), [], ...planStateText(state)],
    markdown: () => planMarkdown(plan),
    json: () => output.document('planState', { schemaVersion: 1, state, plan }),
  });
  return state.kind === 'fresh' || state.kind === 'used' ? exitCodes.done : exitCodes.stale;
}
