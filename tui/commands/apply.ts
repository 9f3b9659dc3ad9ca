import { planText, span, writable } from '../../shared/index.ts';
import { APPLY_MANY_OPTIONS, applyManyFlows } from '../apply-many.ts';
import { applyPlan } from '../apply-plan.ts';
import { chosen } from '../choose.ts';
import { CONFIRM_OPTION, type Command, REASON_OPTION, YES_OPTION } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { MANY_OPTIONS, meansMany, planOfMany } from '../many-flows.ts';
import { isPlanFile, PLAN_ARGUMENT, PLAN_OPTIONS, planOf } from '../plan-argument.ts';

export const applyCommand: Command = {
  ...PLAN_ARGUMENT,
  options: [YES_OPTION, REASON_OPTION, CONFIRM_OPTION, ...PLAN_OPTIONS, ...MANY_OPTIONS, ...APPLY_MANY_OPTIONS],
  async run(context, argument, options, all) {
    if (meansMany(all, options)) {
      const many = await planOfMany(context, all, options);
      if (many) return applyManyFlows(context, writable(many.session), many.plan, options, undefined);
      context.output.lines([[span('Nothing to mend.', 'good')]]);
      context.output.document('apply', { schemaVersion: 1, outcome: { kind: 'nothing to mend', leftOut: [] } });
      return exitCodes.done;
    }
    const { session: opened, plan: drafted } = await planOf(context, argument, options);
    const session = writable(opened);
    if (drafted.flows.length > 1) return applyManyFlows(context, session, drafted, options, argument);
    const asks = options.yes !== true && !isPlanFile(argument);
    const plan = asks ? await chosen(context, session, drafted) : drafted;
    if (plan.steps.every((step) => step.writes.length === 0)) {
      const { leftOut } = plan;
      context.output.lines(leftOut.length === 0 ? [[span('Nothing to mend.', 'good')]] : planText(plan));
      context.output.document('apply', { schemaVersion: 1, outcome: { kind: 'nothing to mend', leftOut } });
      return leftOut.every(({ reason }) => reason === 'resume') ? exitCodes.done : exitCodes.refused;
    }
    return applyPlan(context, session, plan, options, { kind: 'apply' });
  },
};
