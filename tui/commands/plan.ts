import {
  asFailure,
  Failure,
  type Plan,
  type PlanState,
  planMarkdown,
  planState,
  planStateText,
  planText,
  readPlanFile,
  span,
  writePlanFile,
} from '../../shared/index.ts';
import type { Command, Context, OptionValues } from '../command.ts';
import { type ExitCode, exitCodeOfFailure, exitCodeOfPlanState, exitCodes } from '../exit-code.ts';
import { formatOf, formatOption, OF_PLANS, present } from '../format.ts';
import { meansMany, sourceOf } from '../plan/flow-source.ts';
import { MANY_OPTIONS, planOfMany } from '../plan/many-flows.ts';
import { nothingMeant } from '../plan/nothing-meant.ts';
import { PLAN_ARGUMENT, PLAN_OPTIONS, planOf } from '../plan/plan-argument.ts';

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
    if (source === 'a saved plan') {
      if (options.output !== undefined)
        throw new Failure('usage', 'A saved plan is only read: --output saves a new one.');
      return show(context, await readPlanFile(argument), options);
    }
    const meant = meansMany(source)
      ? await planOfMany(context, all, options)
      : await planOf(context, argument, options);
    if (meant === undefined) return nothingMeant(context);
    const { plan } = meant;
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

/** A saved plan as it was reviewed, and whether it can still be applied, as far as the database can be asked. */
async function show(context: Context, plan: Plan, options: OptionValues): Promise<ExitCode> {
  const { output } = context;
  const format = formatOf(options, OF_PLANS);
  const state = await stateOf(context, plan);
  present(output, format, {
    text: () => [...planText(plan), [], ...planStateText(state)],
    markdown: () => planMarkdown(plan),
    json: () => output.document('planState', { schemaVersion: 1, state, plan }),
  });
  return exitCodeOfPlanState(state);
}

/** A saved plan is a document: it is read also where there is no database, or none that answers. */
async function stateOf(context: Context, plan: Plan): Promise<PlanState> {
  try {
    return await planState(await context.session(plan.flows[0]), plan);
  } catch (thrown) {
    const { code, message } = asFailure(thrown);
    const answers = exitCodeOfFailure(code) !== exitCodes.couldNotCheck && code !== 'not-configured';
    if (answers || code === 'internal') throw thrown;
    return { kind: 'unchecked', why: message };
  }
}
