import { planText, span, writable } from '../../shared/index.ts';
import { applyPlan } from '../apply-plan.ts';
import { chosen } from '../choose.ts';
import { CONFIRM_OPTION, type Command, REASON_OPTION, YES_OPTION } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { isPlanFile, PLAN_ARGUMENT, PLAN_OPTIONS, planOf } from '../plan-argument.ts';

export const applyCommand: Command = {
  ...PLAN_ARGUMENT,
  options: [YES_OPTION, REASON_OPTION, CONFIRM_OPTION, ...PLAN_OPTIONS],
  async run(context, argument, options) {
    const planned = await planOf(context, argument, options);
    const session = writable(planned.session);
    const asks = options.yes !== true && !isPlanFile(argument);
    const plan = asks ? await chosen(context, session, planned.plan) : planned.plan;
    if (plan.steps.every((step) => step.writes.length === 0)) {
      const { leftOut } = plan;
      context.output.lines(leftOut.length === 0 ? [[span('Nothing to mend.', 'good')]] : planText(plan));
      context.output.document('apply', { schemaVersion: 1, outcome: { kind: 'nothing to mend', leftOut } });
      return leftOut.every(({ reason }) => reason === 'resume') ? exitCodes.done : exitCodes.refused;
    }
    return applyPlan(context, session, plan, options, 'apply');
  },
};
