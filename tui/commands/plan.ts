import { diagnose, planRepair, planText, span, writePlanFile } from '../../shared/index.ts';
import { type Command, FLOW_ARGUMENT } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

export const planCommand: Command = {
  ...FLOW_ARGUMENT,
  options: [{ flags: '-o, --output <file>', about: 'save the plan, to be reviewed and applied as it is' }],
  async run(context, flow, options) {
    const session = await context.session(flow);
    const { facts } = await diagnose(session, flow);
    const plan = planRepair(session, facts);
    context.output.lines(planText(plan));
    context.output.document('plan', plan);
    if (typeof options.output === 'string') {
      await writePlanFile(options.output, plan);
      context.output.lines([[], [span(`Saved. To apply exactly this: flowmend apply ${options.output}`, 'dim')]]);
    }
    return plan.findings.length === 0 ? exitCodes.done : exitCodes.findings;
  },
};
