import { planText, span } from '../../shared/index.ts';
import { applyPlan } from '../apply-plan.ts';
import { type Command, REASON_OPTION, YES_OPTION } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { PLAN_ARGUMENT, planOf } from '../plan-argument.ts';

export const applyCommand: Command = {
  ...PLAN_ARGUMENT,
  options: [YES_OPTION, REASON_OPTION],
  async run(context, argument, options) {
    const { session, plan } = await planOf(context, argument);
    if (plan.steps.every((step) => step.writes.length === 0)) {
      const { leftOut } = plan;
      context.output.lines(leftOut.length === 0 ? [[span('Nothing to mend.', 'good')]] : planText(plan));
      context.output.document('apply', { schemaVersion: 1, outcome: { kind: 'nothing to mend', leftOut } });
      return leftOut.every(({ reason }) => reason === 'resume') ? exitCodes.done : exitCodes.refused;
    }
    return applyPlan(context, session, plan, options, 'apply');
  },
};
